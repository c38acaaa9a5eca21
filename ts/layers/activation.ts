import { type Activation, type ActivationName, activationName } from '../activations.ts';
import { knownOptions } from '../check.ts';
import { type Named, named } from './named.ts';

/** An activation by itself. */
export interface ActivationLayer extends Named {
  /** The layer's type. */
  readonly type: 'activation';
  /** What is applied. */
  readonly activation: ActivationName;
}

/** An activation by itself; any shape. */
export function activation(name: Activation, options: Named = {}): ActivationLayer {
  knownOptions('layers.activation', options, ['name']);
  return {
    type: 'activation',
    ...named('layers.activation', options),
    activation: activationName('layers.activation', name),
  };
}
