import { isCheckpointError, load, type Model } from '../../index.ts';
import { readSeries, type Series } from '../data/series.ts';
import { count, UserError } from '../errors.ts';
import { applyModel, forecastRows } from '../forecast/apply.ts';
import { type Recipe, readRecipe, samplingOf } from '../forecast/recipe.ts';
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
    const recipe = readRecipe(path, model.metadata);
    const { target, features, step } = recipe;
    const series = await readSeries(file, {
      target,
      features: features.map(({ name }) => name),
      date: date ?? recipe.date,
      trained: { step, features },
      signal,
    });
    checkNewestRows(series, recipe);
    const next = await applyModel(
      model,
      samplingOf(series, recipe),
      [series.target.length],
      signal,
    );
    return { recipe, series, forecast: forecastRows(series, next, recipe.interval) };
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
