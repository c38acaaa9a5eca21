import { MOST_FEATURES, wholeNumber } from './check.ts';
import { SpecError } from './errors.ts';
import type { Layer } from './layers.ts';
import type { Shape } from './spec.ts';

/** `[batch, time, 3]` for `[null, 3]`: a shape of one example with the batch in front. */
export function batchShape(shape: Shape): string {
  const sizes = shape.map((size, i) => size ?? (i === 0 && shape.length > 1 ? 'time' : '?'));
  return `[${['batch', ...sizes].join(', ')}]`;
}

/**
 * Shape that a layer gives for one example of shape `input`.
 * @param cure - what to do where a recurrent layer gets no sequence, for the message
 */
export function outputShape(layer: Layer, name: string, input: Shape, cure = ''): Shape {
  switch (layer.type) {
    case 'simpleRnn':
    case 'lstm':
    case 'gru':
      if (input.length !== 2) {
        throw new SpecError(
          `${name}: expected a sequence [batch, time, features], got ${batchShape(input)}${cure}`,
        );
      }
      return layer.returnSequences ? [input[0] ?? null, layer.units] : [layer.units];
    case 'dense':
      return [...input.slice(0, -1), layer.units];
    case 'flatten': {
      let size = 1;
      for (const length of input) {
        if (length === null) {
          throw new SpecError(
            `${name}: flatten needs a fixed number of time steps, got ${batchShape(input)}; give inputShape: [steps, features]`,
          );
        }
        size *= length;
      }
      wholeNumber(`${name}: features of the flattened sequence`, size, 1, MOST_FEATURES);
      return [size];
    }
    case 'dropout':
    case 'activation':
      return input;
  }
}

/** A weight's name and shape. */
export interface WeightShape {
  /** `layer/kernel`, `layer/recurrent_kernel` or `layer/bias`. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** A layer's weights in Keras's order and shapes. */
export function weightShapes(layer: Layer, name: string, input: Shape): WeightShape[] {
  const features = input.at(-1) ?? 0;
  const list = (bias: readonly number[], ...kernels: [string, number[]][]): WeightShape[] => [
    ...kernels.map(([part, shape]) => ({ name: `${name}/${part}`, shape })),
    ...('useBias' in layer && layer.useBias ? [{ name: `${name}/bias`, shape: bias }] : []),
  ];
  switch (layer.type) {
    case 'simpleRnn':
    case 'lstm':
    case 'gru': {
      const gates = { simpleRnn: 1, lstm: 4, gru: 3 }[layer.type] * layer.units;
      const bias = layer.type === 'gru' && layer.resetAfter ? [2, gates] : [gates];
      return list(bias, ['kernel', [features, gates]], ['recurrent_kernel', [layer.units, gates]]);
    }
    case 'dense':
      return list([layer.units], ['kernel', [features, layer.units]]);
    default:
      return [];
  }
}

/** Number of values of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
