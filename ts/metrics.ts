import { oneOf, remade, show } from './check.ts';
import { SpecError } from './errors.ts';
import { type Loss, lossAliases, lossNames, losses } from './losses.ts';

/** What is reported beside the loss, as plain data. */
export type Metric = Loss | { readonly type: 'rmse' | 'mape' | 'lastStepMse' | 'accuracy' };

/** Name of a metric: its key in a history, `val` and a capital in front for validation. */
export type MetricName = Metric['type'];

/** The metrics: every loss, and those that only measure. */
export const metrics = {
  ...losses,
  /** Square root of the mean squared error over all that was seen. */
  rmse: () => ({ type: 'rmse' }) as const,
  /** Mean absolute percentage error, `100·|y−ŷ|/max(|y|, 1e-7)`. */
  mape: () => ({ type: 'mape' }) as const,
  /** Mean squared error of the last valid step of each sequence. */
  lastStepMse: () => ({ type: 'lastStepMse' }) as const,
  /** Share of right answers: binary, one-hot or class numbers, as the loss implies. */
  accuracy: () => ({ type: 'accuracy' }) as const,
} as const;

const aliases = {
  ...lossAliases,
  rootMeanSquaredError: 'rmse',
  meanAbsolutePercentageError: 'mape',
  acc: 'accuracy',
} as const;

const shortcuts = [...lossNames, 'rmse', 'mape', 'lastStepMse', 'accuracy'] as const;

type Alias = keyof typeof aliases;

/** A metric, or the name of one with its defaults. */
export type MetricLike = Metric | MetricName | Alias;

const isAlias = (name: unknown): name is Alias =>
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
