import { type Activation, type ActivationName, activationName } from '../activations.ts';
import { knownOptions } from '../check.ts';
import { type Weighted, weighted, type WeightedOptions, weightedOptions } from './weighted.ts';

/** Options of {@link dense}. */
export interface DenseOptions extends WeightedOptions {
  /** Activation. @default 'linear' */
  readonly activation?: Activation;
}

/** `activation(x·kernel + bias)`. */
export interface DenseLayer<U extends number = number> extends Weighted<U> {
  /** The layer's type. */
  readonly type: 'dense';
  /** What is applied at the end. */
  readonly activation: ActivationName;
}

/** Shape rule of dense. */
export type DenseOutput<L, S> =
  L extends DenseLayer<infer U>
    ? S extends readonly [infer Steps, unknown]
      ? readonly [Steps, U]
      : readonly [U]
    : never;

/**
 * Fully connected layer, on vectors and at every time step: [batch, features] → [batch, units],
 * [batch, time, features] → [batch, time, units].
 * Weights: kernel [features, units], bias [units].
 */
export function dense<const U extends number>(units: U, options: DenseOptions = {}): DenseLayer<U> {
  const where = 'layers.dense';
  knownOptions(where, options, [...weightedOptions, 'activation']);
  return {
    type: 'dense',
    ...weighted(where, units, options),
    activation: activationName(`${where}: activation`, options.activation ?? 'linear'),
  };
}
