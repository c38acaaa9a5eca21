import { checkSignal } from '../abortable.ts';
import { knownOptions, text } from '../check.ts';
import { type CallOptions, isDataError, type Model } from '../index.ts';
import { channelNames, type FeatureShape } from '../table/cells.ts';
import type { Series } from '../table/series.ts';
import { stepRate } from '../table/step.ts';
import { count } from '../words.ts';
import { applyModel, forecastRows } from './apply.ts';
import { checkSeries } from './checkSeries.ts';
import { ForecastError } from './errors.ts';
import type { Forecasts } from './metrics.ts';
import { readRecipe } from './readRecipe.ts';
import { type Recipe, samplingOf } from './recipe.ts';
import type { ForecastRow } from './result.ts';
import { differences, type Sampling } from './samples.ts';
import { checkNewest } from './split.ts';

/** Options of {@link predict}. */
export interface PredictOptions extends CallOptions {
  /** Name of the model in messages, such as that of its file. @default 'the model' */
  readonly name?: string;
}

/**
 * Forecasts the steps after the last one of a series with a model that {@link forecast} trained, now or
 * in a file.
 *
 * @param series - read with what {@link requestOf} gives for the model's recipe
 * @throws {ForecastError} if the model or the series cannot be used, or do not fit each other
 */
export async function predict(
  model: Model,
  series: Series,
  options: PredictOptions = {},
): Promise<ForecastRow[]> {
  knownOptions('predict', options, ['name', 'signal']);
  const { name = 'the model' } = options;
  text('predict: name', name);
  checkSeries('predict', series);
  const signal = checkSignal('predict', options.signal) ?? new AbortController().signal;
  const recipe = readRecipe(model, name);
  checkFits(name, series, recipe);
  checkNewestRows(series, recipe);
  const sampling = samplingOf(series, recipe);
  const next = await applied(model, name, series, sampling, signal);
  const rows = forecastRows(series, next, recipe.interval);
  checkFinite(name, rows);
  return rows;
}

/** @throws {ForecastError} for a series of other columns or another step than the model was trained on */
function checkFits(name: string, series: Series, { target, features, step }: Recipe): void {
  const { targetName, featureShapes, timeline, file } = series;
  const columns = (all: string, shapes: FeatureShape[]) =>
    [all, ...shapes.flatMap(channelNames)].join(', ');
  const [wanted, given] = [columns(target, features), columns(targetName, featureShapes)];
  const other = timeline.step.unit !== step.unit || timeline.step.every !== step.every;
  if (wanted === given && !other) return;
  throw new ForecastError(
    `${name} reads ${wanted}, one row ${stepRate(step)}; ${file} was read as ${given}, one row ${stepRate(timeline.step)}: read it with requestOf(readRecipe(model))`,
  );
}

async function applied(
  model: Model,
  name: string,
  { target, file }: Series,
  sampling: Sampling,
  signal: AbortSignal,
): Promise<Forecasts> {
  try {
    return await applyModel(model, sampling, [target.length], signal);
  } catch (error) {
    if (!isDataError(error)) throw error;
    throw new ForecastError(
      `${name}: metadata.scaler makes numbers of ${file} that the model cannot read: ${error.message}`,
    );
  }
}

function checkNewestRows({ file, target, features }: Series, { window, lag }: Recipe): void {
  const needed = lag === 1 ? window : window + lag;
  if (target.length < needed) {
    throw new ForecastError(
      `${file}: ${count(target.length, 'step')} are too few: the model reads the last ${needed}`,
    );
  }
  const past = lag === 1 ? [] : [differences(target, lag)];
  checkNewest(file, window, [target, ...features.map(({ values }) => values), ...past]);
}

/** @throws {ForecastError} where weights are NaN, or weights and scales so large that their products are infinite */
function checkFinite(name: string, rows: ForecastRow[]): void {
  const isFinite = rows.every((row) => [row.value, row.low, row.high].every(Number.isFinite));
  if (isFinite) return;
  throw new ForecastError(
    `${name}: its forecast is not a number: weights or metadata are damaged; train it again with \`unrolled forecast\``,
  );
}
