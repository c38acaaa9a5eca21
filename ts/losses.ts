import { flag, knownOptions, oneOf, positive, remade, show } from './check.ts';
import { SpecError } from './errors.ts';

/** What is minimised, as plain data. */
export type Loss =
  | {
      /** Which loss. */
      readonly type: 'mse' | 'mae';
    }
  | {
      /** Which loss. */
      readonly type: 'huber';
      /** Where it turns from quadratic to linear. */
      readonly delta: number;
    }
  | {
      /** Which loss. */
      readonly type:
        'binaryCrossentropy' | 'categoricalCrossentropy' | 'sparseCategoricalCrossentropy';
      /** Whether predictions are logits instead of probabilities. */
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

/** Options of {@link losses.huber}. */
export interface HuberOptions {
  /** Where it turns from quadratic to linear. @default 1 */
  readonly delta?: number;
}

/** Whether predictions are logits. */
export interface CrossentropyOptions {
  /** Predictions are logits instead of probabilities. @default false */
  readonly fromLogits?: boolean;
}

function crossentropy(
  type: Extract<Loss, { fromLogits: boolean }>['type'],
  options: CrossentropyOptions,
): Loss {
  knownOptions(`losses.${type}`, options, ['fromLogits']);
  return { type, fromLogits: flag(`losses.${type}: fromLogits`, options.fromLogits ?? false) };
}

/** The losses: means over the valid examples, time steps and features. */
export const losses = {
  /** Mean squared error. */
  mse: (): Loss => ({ type: 'mse' }),
  /** Mean absolute error. */
  mae: (): Loss => ({ type: 'mae' }),
  /** Quadratic up to `delta`, then linear. */
  huber: (options: HuberOptions = {}): Loss => {
    knownOptions('losses.huber', options, ['delta']);
    return { type: 'huber', delta: positive('losses.huber: delta', options.delta ?? 1) };
  },
  /** Binary cross-entropy; targets in [0, 1], of the predictions' shape. */
  binaryCrossentropy: (options: CrossentropyOptions = {}): Loss =>
    crossentropy('binaryCrossentropy', options),
  /** Cross-entropy; one-hot targets, of the predictions' shape. */
  categoricalCrossentropy: (options: CrossentropyOptions = {}): Loss =>
    crossentropy('categoricalCrossentropy', options),
  /** Cross-entropy; targets are class numbers from 0, [batch] or [batch, time]. */
  sparseCategoricalCrossentropy: (options: CrossentropyOptions = {}): Loss =>
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
