import { fail, flag, MOST_FEATURES, wholeNumber } from '../check.ts';
import { type Constraint, constraint } from '../constraints.ts';
import { type Initializer, type InitializerLike, initializer } from '../initializers.ts';
import { type Regularizer, regularizer } from '../regularizers.ts';
import { type Named, named } from './named.ts';

/** Options of every layer with a kernel and a bias. */
export interface WeightedOptions extends Named {
  /** Whether there is a bias. @default true */
  readonly useBias?: boolean;
  /** Start of `kernel`. @default 'glorotUniform' */
  readonly kernelInitializer?: InitializerLike;
  /** Start of `bias`. @default 'zeros' */
  readonly biasInitializer?: InitializerLike;
  /** Penalty on `kernel`. @default none */
  readonly kernelRegularizer?: Partial<Regularizer>;
  /** Penalty on `bias`. @default none */
  readonly biasRegularizer?: Partial<Regularizer>;
  /** Constraint of `kernel`. @default none */
  readonly kernelConstraint?: Constraint;
  /** Constraint of `bias`. @default none */
  readonly biasConstraint?: Constraint;
}

/** What every layer with a kernel and a bias has. */
export interface Weighted<U extends number = number> extends Named {
  /** Size of what the layer gives, at each time step or once. */
  readonly units: U;
  /** Whether there is a bias. */
  readonly useBias: boolean;
  /** Start of `kernel`. */
  readonly kernelInitializer: Initializer;
  /** Start of `bias`. */
  readonly biasInitializer: Initializer;
  /** Penalty on `kernel`. */
  readonly kernelRegularizer: Regularizer;
  /** Penalty on `bias`. */
  readonly biasRegularizer: Regularizer;
  /** Constraint of `kernel`. */
  readonly kernelConstraint: Constraint;
  /** Constraint of `bias`. */
  readonly biasConstraint: Constraint;
}

/** Names of {@link WeightedOptions}. */
export const weightedOptions = [
  'name',
  'useBias',
  'kernelInitializer',
  'biasInitializer',
  'kernelRegularizer',
  'biasRegularizer',
  'kernelConstraint',
  'biasConstraint',
] as const;

/**
 * Checks {@link WeightedOptions} and fills in their defaults.
 * @param biasRows - rows of the bias; with one it is a vector
 */
export function weighted<U extends number>(
  where: string,
  units: U,
  options: WeightedOptions,
  biasRows = 1,
): Weighted<U> {
  const biasInitializer = initializer(
    `${where}: biasInitializer`,
    options.biasInitializer ?? 'zeros',
  );
  if (biasRows === 1 && 'gain' in biasInitializer)
    fail(`${where}: biasInitializer`, 'one for a vector', biasInitializer);
  return {
    ...named(where, options),
    units: wholeNumber(`${where}: units`, units, 1, MOST_FEATURES) as U,
    useBias: flag(`${where}: useBias`, options.useBias ?? true),
    kernelInitializer: initializer(
      `${where}: kernelInitializer`,
      options.kernelInitializer ?? 'glorotUniform',
    ),
    biasInitializer,
    kernelRegularizer: regularizer(`${where}: kernelRegularizer`, options.kernelRegularizer),
    biasRegularizer: regularizer(`${where}: biasRegularizer`, options.biasRegularizer),
    kernelConstraint: constraint(`${where}: kernelConstraint`, options.kernelConstraint),
    biasConstraint: constraint(`${where}: biasConstraint`, options.biasConstraint),
  };
}
