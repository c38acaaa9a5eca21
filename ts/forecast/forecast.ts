import { checkSignal } from '../abortable.ts';
import { giveWayFor, throwIfAborted } from '../giveWay.ts';
import type { Series } from '../table/series.ts';
import { applyModel, forecastRows } from './apply.ts';
import { naiveForecasts, seasonalForecasts } from './baselines.ts';
import { checkSeries } from './checkSeries.ts';
import { coverage, learnInterval } from './interval.ts';
import { type Forecasts, naiveScale, score } from './metrics.ts';
import { type ForecastOptions, settingsOf } from './options.ts';
import { prepare } from './prepare.ts';
import { makeRecipe } from './recipe.ts';
import type { ForecastResult } from './result.ts';
import { trainModel } from './train.ts';

/**
 * Forecasts a series: splits it by time, trains a model in a worker, compares it with simple rules on the
 * held-out part, and gives the steps after the last known one with an interval.
 *
 * @throws {ForecastError} if the series cannot be forecast: too short, constant, too full of gaps
 */
export async function forecast(
  series: Series,
  options: ForecastOptions = {},
): Promise<ForecastResult> {
  checkSeries('forecast', series);
  const settings = settingsOf(options);
  const signal = checkSignal('forecast', options.signal) ?? new AbortController().signal;
  throwIfAborted(signal);
  const { target } = series;
  const { horizon, level } = settings;
  const prepared = await prepare(series, settings, giveWayFor(signal), options.optionName);
  const { split, origins, season, cycles, sampling, linear } = prepared;
  const { onEpoch } = options;
  const hooks = { signal, ...(onEpoch && { onEpoch }) };
  const { model, summary } = await trainModel(sampling, origins, settings, hooks);
  try {
    const apply = (some: number[]) => applyModel(model, sampling, some, signal);
    const next = await apply([target.length]);
    const validation = await apply(origins.validation);
    const held = {
      model: await apply(origins.holdout),
      naive: naiveForecasts(target, origins.holdout, horizon),
      seasonalNaive: seasonalForecasts(target, origins.holdout, horizon, season),
      linear: linear.forecast(origins.holdout),
    };
    // A season that repeats exactly has no error to measure by.
    const scaleLag = naiveScale(target, season, split.trainEnd) > 0 ? season : 1;
    const scale = naiveScale(target, scaleLag, split.trainEnd);
    const scores = (forecasts: Forecasts) => score(target, forecasts, scale);
    const interval = learnInterval(target, validation, level);
    model.metadata = { ...makeRecipe(series, prepared, settings, interval) };
    return {
      settings,
      series,
      split,
      window: sampling.window,
      cycles,
      season,
      scaleLag,
      training: summary,
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
      model,
    };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}
