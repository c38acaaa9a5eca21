import type { Model } from '../index.ts';
import type { Series } from '../table/series.ts';
import type { Cycle } from './calendar.ts';
import type { Interval } from './interval.ts';
import type { Forecasts, Scores } from './metrics.ts';
import type { Settings } from './options.ts';
import type { Split } from './split.ts';

/** A simple forecast that the model is compared with: last value, last season, ridge regression. */
export type Rival = 'naive' | 'seasonalNaive' | 'linear';

/** One row of the forecast. */
export interface ForecastRow {
  /** Of the step. */
  date: string;
  /** The forecast. */
  value: number;
  /** Lower end of the interval. */
  low: number;
  /** Upper end of the interval. */
  high: number;
}

/** Losses (mean squared error of scaled changes) after every epoch. */
export interface LearningCurve {
  /** On the training part. */
  loss: number[];
  /** On the validation part. */
  valLoss: number[];
  /** Epoch, from 0, whose weights were kept. */
  best: number;
}

/** How a training went. */
export interface TrainingSummary {
  /** Layers of the model, in words. */
  description: string;
  /** How many the model has. */
  parameters: number;
  /** Its losses. */
  curve: LearningCurve;
  /** Wall clock of the training. */
  seconds: number;
}

/** What a forecast found: the next steps, and how well the model does beside simple rules. */
export interface Findings {
  /** What it was made with. */
  settings: Settings;
  /** What it was made from. */
  series: Series;
  /** Which steps trained, validated and tested. */
  split: Split;
  /** Steps of input. */
  window: number;
  /** Calendar cycles among the inputs. */
  cycles: Cycle[];
  /** Season of the seasonal-naive forecast, in steps; 1 if there is none. */
  season: number;
  /** Lag of the naive rule whose error is the scale of MASE: the season, or 1. */
  scaleLag: number;
  /** How the training went. */
  training: TrainingSummary;
  /** Of the model, on the part that chose its epoch. */
  validation: Scores;
  /** Of the model, on the held-out part. */
  holdout: Scores;
  /** Of the simple forecasts, on the held-out part. */
  baselines: Record<Rival, Scores>;
  /** Forecasts of the held-out part. */
  held: {
    /** Of the model. */
    model: Forecasts;
  } & Record<Rival, Forecasts>;
  /** Learned on the validation part. */
  interval: Interval;
  /** Share of held-out values inside the interval. */
  coverage: number;
  /** The steps after the last known one. */
  forecast: ForecastRow[];
}

/** What {@link forecast} gives. */
export interface ForecastResult extends Findings {
  /**
   * The trained model, with what {@link predict} needs in its `metadata`: save it, and dispose of it
   * when it is no longer used.
   */
  model: Model;
}
