import type { ScalerJson } from '../../index.ts';
import type { FeatureShape } from '../data/cells.ts';
import type { Series } from '../data/series.ts';
import { formatTime, type Step } from '../data/step.ts';
import { timeAt } from '../data/timeline.ts';
import type { Cycle } from './calendar.ts';
import type { Interval } from './interval.ts';
import type { ForecastOptions, ModelKind } from './options.ts';
import type { Prepared } from './prepare.ts';
import { inputScales, restoreSampling, type Sampling } from './samples.ts';

/** Other versions are refused. */
export const VERSION = 1;

/** How to forecast from new rows: what `forecast --save` stores beside the weights and `predict` reads. */
export interface Recipe {
  task: 'forecast';
  version: typeof VERSION;
  kind: ModelKind;
  /** Column of the target, and of the dates. */
  target: string;
  date: string;
  features: FeatureShape[];
  step: Step;
  window: number;
  horizon: number;
  cycles: Cycle[];
  /** Names of the model's inputs, in order. */
  inputs: string[];
  /** What the first input and the output are, in words. */
  meaning: { difference: string; output: string };
  outputScale: number;
  lag: number;
  level: boolean;
  /** Scales of the inputs, in a form that scalers.fromJSON reads. */
  scaler: ScalerJson;
  interval: Interval;
  /** Dates of the training part. */
  trainedOn: { from: string; to: string };
}

export function makeRecipe(
  series: Series,
  { sampling, cycles, split }: Prepared,
  { model }: ForecastOptions,
  interval: Interval,
): Recipe {
  const { window, horizon, lag, level, outputScale } = sampling;
  const inputs = inputScales(sampling);
  const anchor = lag === 1 ? 'the last known value' : `the value ${lag} steps earlier`;
  const date = (i: number) => formatTime(series.timeline.step, timeAt(series.timeline, i));
  return {
    task: 'forecast',
    version: VERSION,
    kind: model,
    target: series.targetName,
    date: series.dateColumn,
    features: series.featureShapes,
    step: series.timeline.step,
    window,
    horizon,
    cycles,
    inputs: inputs.map(({ name }) => name),
    meaning: { difference: `value - ${anchor}`, output: `(value - ${anchor}) / outputScale` },
    outputScale,
    lag,
    level,
    scaler: {
      type: 'standard',
      offset: inputs.map(({ mean }) => mean),
      scale: inputs.map(({ deviation }) => deviation),
    },
    interval,
    trainedOn: { from: date(0), to: date(split.trainEnd - 1) },
  };
}

/** Windows of new rows, scaled as those were that the model was trained on. */
export function samplingOf(series: Series, recipe: Recipe): Sampling {
  const { window, horizon, lag, level, outputScale, cycles, scaler } = recipe;
  const scales = scaler.offset.map((mean, i) => ({ mean, deviation: scaler.scale[i] as number }));
  return restoreSampling(series, cycles, { window, horizon, lag, level, outputScale }, scales);
}
