import { oneOf, remade, show } from './check.ts';
import { SpecError } from './errors.ts';
import { type Loss, lossAliases, lossNames, losses } from './losses.ts';

/** What is reported beside the loss, as plain data. */
export type Metric =
  | Loss
  | {
      /** Which metric. */
      readonly type: 'rmse' | 'mape' | 'lastStepMse' | 'accuracy';
    };

/** Name of a metric: its key in a history, `val` and a capital in front for validation. */
export type MetricName = Metric['type'];

/** The metrics: every loss, and those that only measure. */
export const metrics = {
  /** Mean squared error. */
  mse: losses.mse,
  /** Mean absolute error. */
  mae: losses.mae,
  /** Quadratic up to `delta`, then linear. */
  huber: losses.huber,
  /** Binary cross-entropy; targets in [0, 1], of the predictions' shape. */
  binaryCrossentropy: losses.binaryCrossentropy,
  /** Cross-entropy; one-hot targets, of the predictions' shape. */
  categoricalCrossentropy: losses.categoricalCrossentropy,
  /** Cross-entropy; targets are class numbers from 0, [batch] or [batch, time]. */
  sparseCategoricalCrossentropy: losses.sparseCategoricalCrossentropy,
  /** Square root of the mean squared error over all that was seen. */
  rmse: (): Metric => ({ type: 'rmse' }),
  /** Mean absolute percentage error, `100·|y−ŷ|/max(|y|, 1e-7)`. */
  mape: (): Metric => ({ type: 'mape' }),
  /** Mean squared error of the last valid step of each sequence. */
  lastStepMse: (): Metric => ({ type: 'lastStepMse' }),
  /** Share of right answers: binary, one-hot or class numbers, as the loss implies. */
  accuracy: (): Metric => ({ type: 'accuracy' }),
} as const;

const aliases = {
  ...lossAliases,
  rootMeanSquaredError: 'rmse',
  meanAbsolutePercentageError: 'mape',
  acc: 'accuracy',
} as const;

const shortcuts = [...lossNames, 'rmse', 'mape', 'lastStepMse', 'accuracy'] as const;

/** A metric, or the name of one with its defaults. */
export type MetricLike = Metric | MetricName | keyof typeof aliases;

const isAlias = (name: unknown): name is keyof typeof aliases =>
  typeof name === 'string' && Object.hasOwn(aliases, name);

/** Resolves a shortcut. */
export function metric(where: string, value: MetricLike): Metric {
  if (typeof value === 'object' && value !== null) {
    if (!Object.hasOwn(metrics, value.type)) {
      throw new SpecError(`${where}: expected one of metrics.*, got ${show(value)}`);
    }
    return remade<Metric>(where, metrics, value);
  }
  return metrics[isAlias(value) ? aliases[value] : oneOf(where, value, shortcuts)]();
}
