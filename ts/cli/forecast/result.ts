import type { Series } from '../data/series.ts';
import { countSteps } from '../data/step.ts';
import type { Cycle } from './calendar.ts';
import type { Interval } from './interval.ts';
import type { Forecasts, Scores } from './metrics.ts';
import type { ForecastOptions } from './options.ts';
import type { Split } from './split.ts';

export const RIVALS = ['naive', 'seasonalNaive', 'linear'] as const;
export type Rival = (typeof RIVALS)[number];

/** One row of the forecast. */
export interface ForecastRow {
  date: string;
  value: number;
  low: number;
  high: number;
}

/** Losses (mean squared error of scaled changes) after every epoch. */
export interface LearningCurve {
  loss: number[];
  valLoss: number[];
  /** Epoch, from 0, whose weights were kept. */
  best: number;
}

/** Everything that the table, the JSON and the report say. */
export interface ForecastResult {
  options: ForecastOptions;
  series: Series;
  split: Split;
  window: number;
  cycles: Cycle[];
  /** Season of the seasonal-naive forecast, in steps; 1 if there is none. */
  season: number;
  /** Lag of the naive rule whose error is the scale of MASE: the season, or 1. */
  scaleLag: number;
  model: { description: string; parameters: number; curve: LearningCurve; seconds: number };
  /** Of the model, on the part that chose its epoch. */
  validation: Scores;
  holdout: Scores;
  baselines: Record<Rival, Scores>;
  /** Forecasts of the held-out part. */
  held: { model: Forecasts } & Record<Rival, Forecasts>;
  interval: Interval;
  /** Share of held-out values inside the interval. */
  coverage: number;
  forecast: ForecastRow[];
  /** Why the trained model could not be written. */
  unsaved?: Error;
}

/** Words for a forecaster. */
export function nameOf(result: ForecastResult, who: 'model' | Rival): string {
  if (who === 'model')
    return result.options.model === 'linear' ? 'linear model' : result.options.model.toUpperCase();
  if (who === 'naive') return 'naive (last value)';
  if (who === 'linear') return 'linear (ridge regression)';
  if (result.season === 1) return 'seasonal-naive (no season found: last value)';
  return `seasonal-naive (${countSteps(result.series.timeline.step, result.season)} earlier)`;
}

/** The forecaster with the least mean absolute error on the held-out part. */
export function winner({ holdout, baselines }: ForecastResult): 'model' | Rival {
  return RIVALS.reduce<'model' | Rival>((best, rival) => {
    const least = best === 'model' ? holdout : baselines[best];
    return baselines[rival].mae < least.mae ? rival : best;
  }, 'model');
}

/** Errors closer than this share of each other count as equal. */
const TIE = 0.01;

/** Plain words on who wins and by how much. */
export function verdict(result: ForecastResult): string {
  const { holdout, baselines } = result;
  const model = nameOf(result, 'model');
  const best = RIVALS.reduce((a, b) => (baselines[b].mae < baselines[a].mae ? b : a));
  const gap = holdout.mae / baselines[best].mae - 1;
  const rival = nameOf(result, best);
  if (baselines[best].mae === 0) return `A baseline wins: ${rival} makes no error.`;
  if (Math.abs(gap) < TIE) {
    return `A tie: the errors of the ${model} and of the best baseline, ${rival}, differ by less than 1 %; the simpler one does as well.`;
  }
  return gap > 0
    ? `A baseline wins: ${rival} has the smallest error; the ${model}'s is ${percent(gap)} larger.`
    : `The ${model} wins: its error is ${percent(-gap)} below that of the best baseline, ${rival}.`;
}

/** "4.1 %"; more digits for small shares. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
