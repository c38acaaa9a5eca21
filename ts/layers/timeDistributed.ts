import { show } from '../check.ts';
import { SpecError } from '../errors.ts';
import type { ActivationLayer } from './activation.ts';
import type { DenseLayer } from './dense.ts';

/**
 * Applies a layer at every time step. Dense and activation layers do so by themselves, so this
 * gives the layer back; it is here so that models read as they do in Keras.
 */
export function timeDistributed<L extends DenseLayer | ActivationLayer>(layer: L): L {
  if (layer?.type === 'dense' || layer?.type === 'activation') return layer;
  throw new SpecError(
    `layers.timeDistributed: expected a dense or activation layer, got ${show(layer)}`,
  );
}
