import { fail } from '../check.ts';
import type { ScalerJson } from '../index.ts';
import type { FeatureShape } from '../table/cells.ts';
import type { Series, SeriesRequest } from '../table/series.ts';
import type { Step } from '../table/step.ts';
import { dateAt } from '../table/timeline.ts';
import type { Cycle } from './calendar.ts';
import type { Interval } from './interval.ts';
import type { ModelKind, Settings } from './options.ts';
import type { Prepared } from './prepare.ts';
import { inputScales, restoreSampling, type Sampling } from './samples.ts';

/** Other versions are refused. */
export const VERSION = 1;

/** How to forecast from new rows: what a forecast keeps in its model's `metadata`, and {@link predict} reads. */
export interface Recipe {
  /** What the model is for. */
  task: 'forecast';
  /** Of this form. */
  version: typeof VERSION;
  /** The kind of model. */
  kind: ModelKind;
  /** Column of the target. */
  target: string;
  /** Column of the dates. */
  date: string;
  /** Further input columns. */
  features: FeatureShape[];
  /** The step of the series. */
  step: Step;
  /** Steps of input. */
  window: number;
  /** Steps that are forecast. */
  horizon: number;
  /** Calendar cycles among the inputs. */
  cycles: Cycle[];
  /** Names of the model's inputs, in order. */
  inputs: string[];
  /** What the first input and the output are, in words. */
  meaning: {
    /** The first input. */
    difference: string;
    /** The output. */
    output: string;
  };
  /** What the output is multiplied by. */
  outputScale: number;
  /** Steps back to the value that the output is added to, season by season; 1 for the last known value. */
  lag: number;
  /** Whether the model reads the target itself, beside its differences. */
  level: boolean;
  /** Scales of the inputs, in a form that scalers.fromJSON reads. */
  scaler: ScalerJson;
  /** The interval around a forecast. */
  interval: Interval;
  /** Dates of the training part. */
  trainedOn: {
    /** The first one. */
    from: string;
    /** The last one. */
    to: string;
  };
}

export function makeRecipe(
  series: Series,
  { sampling, cycles, split }: Prepared,
  { model }: Settings,
  interval: Interval,
): Recipe {
  const { window, horizon, lag, level, outputScale } = sampling;
  const inputs = inputScales(sampling);
  const anchor = lag === 1 ? 'the last known value' : `the value ${lag} steps earlier`;
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
    trainedOn: {
      from: dateAt(series.timeline, 0),
      to: dateAt(series.timeline, split.trainEnd - 1),
    },
  };
}

/** Windows of new rows, scaled as those were that the model was trained on. */
export function samplingOf(series: Series, recipe: Recipe): Sampling {
  const { window, horizon, lag, level, outputScale, cycles, scaler } = recipe;
  const scales = scaler.offset.map((mean, i) => ({ mean, deviation: scaler.scale[i] as number }));
  return restoreSampling(series, cycles, { window, horizon, lag, level, outputScale }, scales);
}

/** What to read of a table with new rows, so that {@link predict} can go on from them. */
export function requestOf(recipe: Recipe): SeriesRequest {
  const { target, features, date, step } = recipe ?? {};
  if (!Array.isArray(features)) fail('requestOf', 'a recipe, as readRecipe gives it', recipe);
  const names = features.map(({ name }) => name);
  return { target, features: names, date, trained: { step, features } };
}
