import { type Activation, type ActivationName, activationName } from '../activations.ts';
import { knownOptions } from '../check.ts';
import { type Weighted, weighted, type WeightedOptions, weightedOptions } from './weighted.ts';

/** Options of {@link dense}. */
export interface DenseOptions extends WeightedOptions {
  /** Activation. @default 'linear' */
  readonly activation?: Activation;
}

/** `activation(x·kernel + bias)`. */
export interface DenseLayer extends Weighted {
  readonly type: 'dense';
  readonly activation: ActivationName;
}

/**
 * Fully connected layer, on vectors and at every time step: [batch, features] → [batch, units],
 * [batch, time, features] → [batch, time, units].
 * Weights: kernel [features, units], bias [units].
 */
export function dense(units: number, options: DenseOptions = {}): DenseLayer {
  const where = 'layers.dense';
  knownOptions(where, options, [...weightedOptions, 'activation']);
  return {
    type: 'dense',
    ...weighted(where, units, options),
    activation: activationName(`${where}: activation`, options.activation ?? 'linear'),
  };
}
