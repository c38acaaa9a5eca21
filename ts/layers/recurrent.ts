import { type Activation, type ActivationName, activationName } from '../activations.ts';
import { fail, flag, knownOptions, share } from '../check.ts';
import { type Constraint, constraint } from '../constraints.ts';
import { type Initializer, type InitializerLike, initializer } from '../initializers.ts';
import { type Regularizer, regularizer } from '../regularizers.ts';
import type { ShapeText } from './output.ts';
import { type Weighted, weighted, type WeightedOptions, weightedOptions } from './weighted.ts';

/** Options of every recurrent layer. */
export interface RecurrentOptions<S extends boolean = boolean> extends WeightedOptions {
  /** Activation of the candidate and output. @default 'tanh' */
  readonly activation?: Activation;
  /** Give [batch, time, units] instead of the last step, [batch, units]. @default false */
  readonly returnSequences?: S;
  /** Read the sequence from its end. @default false */
  readonly goBackwards?: boolean;
  /** Share of the inputs dropped while training, one mask a sequence; in [0, 1). @default 0 */
  readonly dropout?: number;
  /** Share of the state dropped before its matrix product, one mask a sequence. @default 0 */
  readonly recurrentDropout?: number;
  /** Start of `recurrent_kernel`. @default 'orthogonal' */
  readonly recurrentInitializer?: InitializerLike;
  /** Penalty on `recurrent_kernel`. @default none */
  readonly recurrentRegularizer?: Partial<Regularizer>;
  /** Constraint of `recurrent_kernel`. @default none */
  readonly recurrentConstraint?: Constraint;
}

/** Options of {@link lstm}. */
export interface LstmOptions<S extends boolean = boolean> extends RecurrentOptions<S> {
  /** Activation of the gates. @default 'sigmoid' */
  readonly recurrentActivation?: Activation;
  /** Start the bias of the forget gate at one. @default true */
  readonly unitForgetBias?: boolean;
}

/** Options of {@link gru}. */
export interface GruOptions<S extends boolean = boolean> extends RecurrentOptions<S> {
  /** Activation of the gates. @default 'sigmoid' */
  readonly recurrentActivation?: Activation;
  /** Apply the reset gate after the matrix product (cuDNN's form) instead of before. @default true */
  readonly resetAfter?: boolean;
}

/** What every recurrent layer has. */
export interface Recurrent<
  U extends number = number,
  S extends boolean = boolean,
> extends Weighted<U> {
  /** Activation of the candidate and output. */
  readonly activation: ActivationName;
  /** Whether every step is given, or the last one. */
  readonly returnSequences: S;
  /** Whether the sequence is read from its end. */
  readonly goBackwards: boolean;
  /** Share of the inputs dropped while training. */
  readonly dropout: number;
  /** Share of the state dropped before its matrix product. */
  readonly recurrentDropout: number;
  /** Start of `recurrent_kernel`. */
  readonly recurrentInitializer: Initializer;
  /** Penalty on `recurrent_kernel`. */
  readonly recurrentRegularizer: Regularizer;
  /** Constraint of `recurrent_kernel`. */
  readonly recurrentConstraint: Constraint;
}

/** `h = activation(x·kernel + h·recurrent_kernel + bias)`. */
export interface SimpleRnnLayer<
  U extends number = number,
  S extends boolean = boolean,
> extends Recurrent<U, S> {
  /** The layer's type. */
  readonly type: 'simpleRnn';
}

/** Long short-term memory; gates in the order i f g o. */
export interface LstmLayer<
  U extends number = number,
  S extends boolean = boolean,
> extends Recurrent<U, S> {
  /** The layer's type. */
  readonly type: 'lstm';
  /** Activation of the gates. */
  readonly recurrentActivation: ActivationName;
  /** Whether the bias of the forget gate starts at one. */
  readonly unitForgetBias: boolean;
}

/** Gated recurrent unit; gates in the order z r h. */
export interface GruLayer<U extends number = number, S extends boolean = boolean> extends Recurrent<
  U,
  S
> {
  /** The layer's type. */
  readonly type: 'gru';
  /** Activation of the gates. */
  readonly recurrentActivation: ActivationName;
  /** Whether the reset gate comes after the matrix product. */
  readonly resetAfter: boolean;
}

/** Shape rule of the recurrent layers. */
export type RecurrentOutput<Name extends string, L, S> =
  L extends Recurrent<infer U, infer Every>
    ? S extends readonly [infer Steps, unknown]
      ? Every extends true
        ? readonly [Steps, U]
        : readonly [U]
      : `${Name}: expected a sequence [time, features], got ${ShapeText<S>}; a recurrent layer before it needs returnSequences: true, a model inputShape: [time, features]`
    : never;

const common = [
  ...weightedOptions,
  'activation',
  'returnSequences',
  'goBackwards',
  'dropout',
  'recurrentDropout',
  'recurrentInitializer',
  'recurrentRegularizer',
  'recurrentConstraint',
] as const;

function recurrent<U extends number, S extends boolean>(
  where: string,
  units: U,
  options: RecurrentOptions<S>,
  own: readonly string[],
  biasRows?: number,
): Recurrent<U, S> {
  knownOptions(where, options, [...common, ...own]);
  const returnSequences = (options.returnSequences ?? false) as S;
  return {
    ...weighted(where, units, options, biasRows),
    activation: activationName(`${where}: activation`, options.activation ?? 'tanh'),
    returnSequences: flag(`${where}: returnSequences`, returnSequences) as S,
    goBackwards: flag(`${where}: goBackwards`, options.goBackwards ?? false),
    dropout: share(`${where}: dropout`, options.dropout ?? 0),
    recurrentDropout: share(`${where}: recurrentDropout`, options.recurrentDropout ?? 0),
    recurrentInitializer: initializer(
      `${where}: recurrentInitializer`,
      options.recurrentInitializer ?? 'orthogonal',
    ),
    recurrentRegularizer: regularizer(
      `${where}: recurrentRegularizer`,
      options.recurrentRegularizer,
    ),
    recurrentConstraint: constraint(`${where}: recurrentConstraint`, options.recurrentConstraint),
  };
}

/** Checks the activations of a gated layer, which go element by element. */
function gates(
  where: string,
  { activation, recurrentActivation = 'sigmoid' }: LstmOptions | GruOptions,
): { readonly recurrentActivation: ActivationName } {
  for (const [option, value] of Object.entries({ activation, recurrentActivation })) {
    if (value === 'softmax')
      fail(`${where}: ${option}`, 'an activation that goes element by element', value);
  }
  return {
    recurrentActivation: activationName(`${where}: recurrentActivation`, recurrentActivation),
  };
}

/**
 * Fully connected recurrent layer: [batch, time, features] → [batch, units], or
 * [batch, time, units] with `returnSequences`.
 * Weights: kernel [features, units], recurrent_kernel [units, units], bias [units].
 */
export function simpleRNN<const U extends number, const S extends boolean = false>(
  units: U,
  options: RecurrentOptions<S> = {},
): SimpleRnnLayer<U, NoInfer<S>> {
  return { type: 'simpleRnn', ...recurrent('layers.simpleRNN', units, options, []) };
}

/**
 * Long short-term memory: [batch, time, features] → [batch, units], or [batch, time, units] with
 * `returnSequences`.
 * Weights: kernel [features, 4·units], recurrent_kernel [units, 4·units], bias [4·units].
 */
export function lstm<const U extends number, const S extends boolean = false>(
  units: U,
  options: LstmOptions<S> = {},
): LstmLayer<U, NoInfer<S>> {
  const where = 'layers.lstm';
  return {
    type: 'lstm',
    ...recurrent(where, units, options, ['recurrentActivation', 'unitForgetBias']),
    ...gates(where, options),
    unitForgetBias: flag(`${where}: unitForgetBias`, options.unitForgetBias ?? true),
  };
}

/**
 * Gated recurrent unit: [batch, time, features] → [batch, units], or [batch, time, units] with
 * `returnSequences`.
 * Weights: kernel [features, 3·units], recurrent_kernel [units, 3·units], bias [2, 3·units], or
 * [3·units] without `resetAfter`.
 */
export function gru<const U extends number, const S extends boolean = false>(
  units: U,
  options: GruOptions<S> = {},
): GruLayer<U, NoInfer<S>> {
  const where = 'layers.gru';
  const own = ['recurrentActivation', 'resetAfter'];
  const biasRows = (options?.resetAfter ?? true) ? 2 : 1;
  return {
    type: 'gru',
    ...recurrent(where, units, options, own, biasRows),
    ...gates(where, options),
    resetAfter: flag(`${where}: resetAfter`, options.resetAfter ?? true),
  };
}
