import { type ForecastResult, forecast, isForecastError } from 'unrolled/forecast';
import { readSeries, type Series } from 'unrolled/table';

/** Forecasts the next two years of a small table; gives the forecast as text. */
export async function smallForecast(): Promise<string> {
  const rows = Array.from({ length: 80 }, (_, i) => `${1900 + i},${(i * i * 7) % 31}`);
  const series: Series = await readSeries(`year,rain\n${rows.join('\n')}`, { target: 'rain' });
  const result: ForecastResult = await forecast(series, { horizon: 2, units: 2, epochs: 2 });
  await result.model.dispose();
  const none = await forecast(series, { window: 70 }).catch(isForecastError);
  return JSON.stringify([result.forecast, none]);
}
