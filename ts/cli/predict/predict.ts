import { isCheckpointError, isDataError, load, type Model } from '../../index.ts';
import { readSeries, type Series } from '../data/series.ts';
import { count, UserError } from '../errors.ts';
import { applyModel, forecastRows } from '../forecast/apply.ts';
import { readRecipe } from '../forecast/readRecipe.ts';
import { type Recipe, samplingOf } from '../forecast/recipe.ts';
import type { ForecastRow } from '../forecast/result.ts';
import { differences } from '../forecast/samples.ts';
import { checkNewest } from '../forecast/split.ts';

/** What `predict` is asked to do. */
export interface PredictOptions {
  /** Model that `unrolled forecast` saved. */
  model: string;
  file: string;
  /** Column of dates. @default the model's */
  date?: string;
  signal?: AbortSignal;
}

/** A forecast without training. */
export interface Prediction {
  recipe: Recipe;
  series: Series;
  forecast: ForecastRow[];
}

/**
 * Forecasts the steps after the last row of a file with a saved model.
 *
 * @throws UserError if the model or the file cannot be used, or do not fit each other
 */
export async function predict({
  model: path,
  file,
  date,
  signal = new AbortController().signal,
}: PredictOptions): Promise<Prediction> {
  const model = await loadModel(path);
  try {
    const recipe = readRecipe(path, model);
    const { target, features, step } = recipe;
    const series = await readSeries(file, {
      target,
      features: features.map(({ name }) => name),
      date: date ?? recipe.date,
      trained: { step, features },
      signal,
    });
    checkNewestRows(series, recipe);
    const sampling = samplingOf(series, recipe);
    const next = await applyModel(model, sampling, [series.target.length], signal);
    const forecast = forecastRows(series, next, recipe.interval);
    checkFinite(path, forecast);
    return { recipe, series, forecast };
  } catch (error) {
    if (!isDataError(error)) throw error;
    throw new UserError(
      `${path}: metadata.scaler makes numbers of ${file} that the model cannot read: ${error.message}`,
    );
  } finally {
    await model.dispose();
  }
}

function checkNewestRows({ file, target, features }: Series, { window, lag }: Recipe): void {
  const needed = lag === 1 ? window : window + lag;
  if (target.length < needed) {
    throw new UserError(
      `${file}: ${count(target.length, 'step')} are too few: the model reads the last ${needed}`,
    );
  }
  const past = lag === 1 ? [] : [differences(target, lag)];
  checkNewest(file, window, [target, ...features.map(({ values }) => values), ...past]);
}

/** @throws UserError where weights are NaN, or weights and scales so large that their products are infinite */
function checkFinite(path: string, forecast: ForecastRow[]): void {
  const isFinite = forecast.every((row) => [row.value, row.low, row.high].every(Number.isFinite));
  if (isFinite) return;
  throw new UserError(
    `${path}: its forecast is not a number: weights or metadata are damaged; train it again with \`unrolled forecast\``,
  );
}

async function loadModel(path: string): Promise<Model> {
  try {
    // One forecast does not block anybody: no worker is started.
    return await load(path, { thread: 'main' });
  } catch (error) {
    if (isCheckpointError(error)) {
      throw new UserError(`${path} is not a model of unrolled: ${error.message}`);
    }
    throw error;
  }
}
