import { readSeries, type Series } from '../data/series.ts';
import { formatTime } from '../data/step.ts';
import { timeAt } from '../data/timeline.ts';
import { UserError } from '../errors.ts';
import {
  chooseSeason,
  fitLinear,
  type LinearBaseline,
  naiveForecasts,
  seasonalForecasts,
} from './baselines.ts';
import { type Cycle, possibleCycles, possibleSeasons, subsets } from './calendar.ts';
import { coverage, learnInterval } from './interval.ts';
import { type Forecasts, naiveScale, score } from './metrics.ts';
import { defaultWindow, type ForecastOptions } from './options.ts';
import type { ForecastResult, ForecastRow } from './result.ts';
import { makeSampling, type Sampling } from './samples.ts';
import { type Origins, type Split, splitByTime, windowOrigins } from './split.ts';
import { trainModel } from './train.ts';

export interface ForecastHooks {
  signal: AbortSignal;
  onEpoch(epoch: number, loss: number, valLoss: number): void;
  /** Where to write the trained model. */
  save?: string;
}

/** The inputs must lower the linear validation error to this share of it to be worth having. */
const WORTH = 0.98;

/**
 * The whole job: read, split by time, train, compare on the held-out part, forecast the steps after the
 * last known one.
 *
 * @throws UserError if the file or the options cannot be used
 */
export async function forecast(
  options: ForecastOptions,
  hooks: ForecastHooks,
): Promise<ForecastResult> {
  const series = await readSeries(options.file, options);
  const { target, timeline } = series;
  const { horizon } = options;
  const window = options.window ?? defaultWindow(timeline.step, target.length, horizon);
  const split = splitByTime(target.length, horizon);
  const channels = [target, ...series.features.map(({ values }) => values)];
  const origins = windowOrigins(series.file, split, window, horizon, channels);
  checkVaries(series, split);

  const { cycles, sampling, linear } = chooseCycles(series, { window, horizon }, split, origins);
  const model = await trainModel(sampling, origins, options, hooks);
  try {
    const next = await model.forecast([target.length]);
    const validation = await model.forecast(origins.validation);
    const season = chooseSeason(
      target,
      origins,
      horizon,
      possibleSeasons(timeline.step),
      split.trainEnd,
    );
    const held = {
      model: await model.forecast(origins.holdout),
      naive: naiveForecasts(target, origins.holdout, horizon),
      seasonalNaive: seasonalForecasts(target, origins.holdout, horizon, season),
      linear: linear.forecast(origins.holdout),
    };
    const scale = naiveScale(target, season, split.trainEnd);
    const scores = (forecasts: Forecasts) => score(target, forecasts, scale);
    const interval = learnInterval(target, validation, options.level);
    if (hooks.save !== undefined) {
      await model.save(hooks.save, modelMetadata(series, sampling, options, cycles, interval));
    }
    return {
      options,
      series,
      split,
      window,
      cycles,
      season,
      model,
      holdout: scores(held.model),
      baselines: {
        naive: scores(held.naive),
        seasonalNaive: scores(held.seasonalNaive),
        linear: scores(held.linear),
      },
      held,
      interval,
      coverage: coverage(target, held.model, interval),
      forecast: forecastRows(series, next, interval),
    };
  } finally {
    await model.dispose();
  }
}

/** Takes the calendar cycles with which the linear forecast does best on the validation part. */
function chooseCycles(
  series: Series,
  size: { window: number; horizon: number },
  split: Split,
  origins: Origins,
): { cycles: Cycle[]; sampling: Sampling; linear: LinearBaseline } {
  const { step } = series.timeline;
  const candidates = subsets(possibleCycles(step, step.length * split.trainEnd)).map((cycles) => {
    const sampling = makeSampling(series, cycles, size, split.trainEnd);
    return { cycles, sampling, linear: fitLinear(sampling, origins) };
  });
  return candidates.reduce((best, next) => {
    const more = next.cycles.length - best.cycles.length;
    const needed = best.linear.ridge.validationError * WORTH ** more;
    return next.linear.ridge.validationError < needed ? next : best;
  });
}

function checkVaries({ target, targetName, file }: Series, { trainEnd }: Split): void {
  const known = target.subarray(0, trainEnd).filter((value) => !Number.isNaN(value));
  if (known.every((value) => value === known[0])) {
    throw new UserError(
      `${file}: ${targetName} is ${known[0]} in the whole training part, so there is nothing to learn`,
    );
  }
}

function forecastRows(
  { timeline, target }: Series,
  { values }: Forecasts,
  { low, high }: { low: number[]; high: number[] },
): ForecastRow[] {
  return Array.from(values, (value, h) => ({
    date: formatTime(timeline.step, timeAt(timeline, target.length + h)),
    value,
    low: value + (low[h] as number),
    high: value + (high[h] as number),
  }));
}

/** What somebody needs to use the saved model on new rows: the inputs in order, with their scales. */
function modelMetadata(
  series: Series,
  { window, horizon, channels, outputScale }: Sampling,
  { model }: ForecastOptions,
  cycles: Cycle[],
  interval: { level: number; low: number[]; high: number[] },
) {
  return {
    task: 'forecast',
    kind: model,
    target: series.targetName,
    step: series.timeline.step.name,
    window,
    horizon,
    cycles,
    inputs: ['change', ...channels.map(({ name }) => name)],
    // A form that scalers.fromJSON reads; `change` is (target - last known target) / scale.
    scaler: {
      type: 'standard',
      offset: [0, ...channels.map(({ mean }) => mean)],
      scale: [outputScale, ...channels.map(({ deviation }) => deviation)],
    },
    output: { meaning: '(value - last known value) / scale', scale: outputScale },
    interval,
  };
}
