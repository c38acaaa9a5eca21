import { readSeries } from '../data/series.ts';
import { failureOf } from '../errors.ts';
import { giveWayFor } from '../giveWay.ts';
import { forecastRows } from './apply.ts';
import { naiveForecasts, seasonalForecasts } from './baselines.ts';
import { coverage, learnInterval } from './interval.ts';
import { type Forecasts, naiveScale, score } from './metrics.ts';
import type { ForecastOptions } from './options.ts';
import { prepare } from './prepare.ts';
import { makeRecipe } from './recipe.ts';
import type { ForecastResult } from './result.ts';
import { trainModel } from './train.ts';

export interface ForecastHooks {
  signal: AbortSignal;
  onEpoch(epoch: number, loss: number, valLoss: number): void;
  /** Where to write the trained model. */
  save?: string;
}

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
  const { signal } = hooks;
  const series = await readSeries(options.file, { ...options, signal });
  const { target } = series;
  const { horizon } = options;
  const prepared = await prepare(series, options, giveWayFor(signal));
  const { split, origins, season, cycles, sampling, linear } = prepared;
  const model = await trainModel(sampling, origins, options, hooks);
  try {
    const next = await model.forecast([target.length]);
    const validation = await model.forecast(origins.validation);
    const held = {
      model: await model.forecast(origins.holdout),
      naive: naiveForecasts(target, origins.holdout, horizon),
      seasonalNaive: seasonalForecasts(target, origins.holdout, horizon, season),
      linear: linear.forecast(origins.holdout),
    };
    // A season that repeats exactly has no error to measure by.
    const scaleLag = naiveScale(target, season, split.trainEnd) > 0 ? season : 1;
    const scale = naiveScale(target, scaleLag, split.trainEnd);
    const scores = (forecasts: Forecasts) => score(target, forecasts, scale);
    const interval = learnInterval(target, validation, options.level);
    const recipe = makeRecipe(series, prepared, options, interval);
    const unsaved =
      hooks.save === undefined ? undefined : await failureOf(model.save(hooks.save, recipe));
    signal.throwIfAborted();
    return {
      options,
      series,
      split,
      window: sampling.window,
      cycles,
      season,
      scaleLag,
      model,
      validation: scores(validation),
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
      ...(unsaved && { unsaved }),
    };
  } finally {
    await model.dispose();
  }
}
