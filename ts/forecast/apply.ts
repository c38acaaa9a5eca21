import { type Tensor, tensor } from '../index.ts';
import type { Series } from '../table/series.ts';
import { dateAt } from '../table/timeline.ts';
import type { Interval } from './interval.ts';
import type { Forecasts } from './metrics.ts';
import type { ForecastRow } from './result.ts';
import { inputScales, type Sampling, toForecasts, windowInputs } from './samples.ts';

/** Windows before these origins, [origins, window, inputs]. */
export function inputTensor(sampling: Sampling, origins: number[]): Tensor<3> {
  const shape = [origins.length, sampling.window, inputScales(sampling).length] as const;
  return tensor(windowInputs(sampling, origins), shape);
}

/** What a model, newly trained or loaded, forecasts from these origins. */
export async function applyModel(
  model: {
    predict(inputs: Tensor<3>, options: { signal: AbortSignal }): Promise<Pick<Tensor, 'data'>>;
  },
  sampling: Sampling,
  origins: number[],
  signal: AbortSignal,
): Promise<Forecasts> {
  const { data } = await model.predict(inputTensor(sampling, origins), { signal });
  return toForecasts(sampling, origins, data);
}

/** The forecast of the steps after the last known one, with their dates. */
export function forecastRows(
  { timeline, target }: Series,
  { values }: Forecasts,
  { low, high }: Interval,
): ForecastRow[] {
  return Array.from(values, (value, h) => ({
    date: dateAt(timeline, target.length + h),
    value,
    low: value + (low[h] as number),
    high: value + (high[h] as number),
  }));
}
