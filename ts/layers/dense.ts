import { type Activation, type ActivationName, activationName } from '../activations.ts';
import { flag, knownOptions, wholeNumber } from '../check.ts';
import { type Constraint, constraint } from '../constraints.ts';
import { type Initializer, type InitializerLike, initializer } from '../initializers.ts';
import { type Regularizer, regularizer } from '../regularizers.ts';
import { type Named, named } from './named.ts';

/** Options of {@link dense}. */
export interface DenseOptions extends Named {
  /** Activation. @default 'linear' */
  readonly activation?: Activation;
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

/** `activation(x·kernel + bias)`. */
export interface DenseLayer extends Named {
  readonly type: 'dense';
  readonly units: number;
  readonly activation: ActivationName;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer: Regularizer;
  readonly biasRegularizer: Regularizer;
  readonly kernelConstraint: Constraint;
  readonly biasConstraint: Constraint;
}

const known = [
  'name',
  'activation',
  'useBias',
  'kernelInitializer',
  'biasInitializer',
  'kernelRegularizer',
  'biasRegularizer',
  'kernelConstraint',
  'biasConstraint',
] as const;

/**
 * Fully connected layer, on vectors and at every time step: [batch, features] → [batch, units],
 * [batch, time, features] → [batch, time, units].
 * Weights: kernel [features, units], bias [units].
 */
export function dense(units: number, options: DenseOptions = {}): DenseLayer {
  const where = 'layers.dense';
  knownOptions(where, options, known);
  return {
    type: 'dense',
    ...named(where, options),
    units: wholeNumber(`${where}: units`, units),
    activation: activationName(`${where}: activation`, options.activation ?? 'linear'),
    useBias: flag(`${where}: useBias`, options.useBias ?? true),
    kernelInitializer: initializer(
      `${where}: kernelInitializer`,
      options.kernelInitializer ?? 'glorotUniform',
    ),
    biasInitializer: initializer(`${where}: biasInitializer`, options.biasInitializer ?? 'zeros'),
    kernelRegularizer: regularizer(`${where}: kernelRegularizer`, options.kernelRegularizer),
    biasRegularizer: regularizer(`${where}: biasRegularizer`, options.biasRegularizer),
    kernelConstraint: constraint(`${where}: kernelConstraint`, options.kernelConstraint),
    biasConstraint: constraint(`${where}: biasConstraint`, options.biasConstraint),
  };
}
