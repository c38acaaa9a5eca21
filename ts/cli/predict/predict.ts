import {
  predict,
  readRecipe,
  type Recipe,
  requestOf,
  type ForecastRow,
} from '../../forecast/index.ts';
import { isCheckpointError, load, type Model } from '../../index.ts';
import type { Series } from '../../table/index.ts';
import { UserError } from '../errors.ts';
import { readFile } from '../readFile.ts';

/** What `predict` is asked to do. */
export interface PredictFileOptions {
  /** Model that `unrolled forecast` saved. */
  model: string;
  file: string;
  /** Column of dates. @default the model's */
  date?: string;
  signal: AbortSignal;
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
 * @throws {UserError} if one of the files cannot be read
 * @throws {TableError | ForecastError} if they cannot be used, or do not fit each other
 */
export async function predictFile(options: PredictFileOptions): Promise<Prediction> {
  const { model: path, file, date, signal } = options;
  const model = await loadModel(path);
  try {
    const recipe = readRecipe(model, path);
    const request = { ...requestOf(recipe), ...(date !== undefined && { date }) };
    const series = await readFile(file, request, signal);
    const forecast = await predict(model, series, { name: path, signal });
    return { recipe, series, forecast };
  } finally {
    await model.dispose();
  }
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
