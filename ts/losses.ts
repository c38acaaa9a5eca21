import { flag, knownOptions, oneOf, positive, remade, show } from './check.ts';
import { SpecError } from './errors.ts';

/** What is minimised, as plain data. */
export type Loss =
  | { readonly type: 'mse' | 'mae' }
  | { readonly type: 'huber'; readonly delta: number }
  | {
      readonly type:
        'binaryCrossentropy' | 'categoricalCrossentropy' | 'sparseCategoricalCrossentropy';
      readonly fromLogits: boolean;
    };

/** Long names and their short forms. */
export const lossAliases = {
  meanSquaredError: 'mse',
  meanAbsoluteError: 'mae',
} as const;

/** Names of the losses. */
export const lossNames = [
  'mse',
  'mae',
  'huber',
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
] as const;

const shortcuts = [...lossNames, 'meanSquaredError', 'meanAbsoluteError'] as const;

/** A loss, or the name of one with its defaults. */
export type LossLike = Loss | (typeof shortcuts)[number];

/** Whether predictions are logits. */
export interface CrossentropyOptions {
  /** Predictions are logits instead of probabilities. @default false */
  readonly fromLogits?: boolean;
}

function crossentropy<T extends string>(type: T, options: CrossentropyOptions) {
  knownOptions(`losses.${type}`, options, ['fromLogits']);
  return {
    type,
    fromLogits: flag(`losses.${type}: fromLogits`, options.fromLogits ?? false),
  } as const;
}

/** The losses: means over the valid examples, time steps and features. */
export const losses = {
  /** Mean squared error. */
  mse: () => ({ type: 'mse' }) as const,
  /** Mean absolute error. */
  mae: () => ({ type: 'mae' }) as const,
  /**
   * Quadratic up to `delta`, then linear.
   * @param options - `delta` @default 1
   */
  huber: (options: { readonly delta?: number } = {}) => {
    knownOptions('losses.huber', options, ['delta']);
    return { type: 'huber', delta: positive('losses.huber: delta', options.delta ?? 1) } as const;
  },
  /** Binary cross-entropy; targets in [0, 1], of the predictions' shape. */
  binaryCrossentropy: (options: CrossentropyOptions = {}) =>
    crossentropy('binaryCrossentropy', options),
  /** Cross-entropy; one-hot targets, of the predictions' shape. */
  categoricalCrossentropy: (options: CrossentropyOptions = {}) =>
    crossentropy('categoricalCrossentropy', options),
  /** Cross-entropy; targets are class numbers from 0, [batch] or [batch, time]. */
  sparseCategoricalCrossentropy: (options: CrossentropyOptions = {}) =>
    crossentropy('sparseCategoricalCrossentropy', options),
} as const;

/** Resolves a shortcut. */
export function loss(where: string, value: LossLike): Loss {
  if (typeof value === 'object' && value !== null) {
    if (!Object.hasOwn(losses, value.type)) {
      throw new SpecError(`${where}: expected one of losses.*, got ${show(value)}`);
    }
    // Made anew: somebody may have edited it.
    return remade<Loss>(where, losses, value);
  }
  const name = oneOf(where, value, shortcuts);
  if (name === 'meanSquaredError' || name === 'meanAbsoluteError')
    return losses[lossAliases[name]]();
  return losses[name]();
}
