import { type GiveWay, neverGiveWay } from '../giveWay.ts';
import type { Forecasts } from './metrics.ts';
import { score } from './metrics.ts';
import { fitRidge, type Matrix, predictRidge, type Ridge } from './ridge.ts';
import { anchor, type Sampling, toForecasts, windowTargets } from './samples.ts';
import { type Origins, thin } from './split.ts';

/** The last known value, repeated. */
export function naiveForecasts(
  target: Float64Array,
  origins: number[],
  horizon: number,
): Forecasts {
  return seasonalForecasts(target, origins, horizon, 1);
}

/** The value one season before, or as many seasons as needed to reach a known one; in a gap, the last value. */
export function seasonalForecasts(
  target: Float64Array,
  origins: number[],
  horizon: number,
  season: number,
): Forecasts {
  const values = new Float64Array(origins.length * horizon);
  origins.forEach((t, i) => {
    for (let h = 0; h < horizon; h++) values[i * horizon + h] = anchor(target, t, h, season);
  });
  return { origins, horizon, values };
}

/** The season with the least error on the validation part; 1 (the last value) if the series is too short for any. */
export function chooseSeason(
  target: Float64Array,
  origins: Origins,
  horizon: number,
  seasons: number[],
  trainEnd: number,
): number {
  const error = (season: number) => {
    return score(target, seasonalForecasts(target, origins.validation, horizon, season), 1).mae;
  };
  // Half the training part must be left to measure the scale of MASE on.
  const possible = seasons.filter((season) => season <= trainEnd / 2);
  return possible.reduce(
    (best, season) => (best === 1 || error(season) < error(best) ? season : best),
    1,
  );
}

/** A linear autoregression on the model's inputs, or on those of them that help. */
export interface LinearBaseline {
  /** The inputs it reads. */
  sampling: Sampling;
  ridge: Ridge;
  forecast(origins: number[]): Forecasts;
}

/** Work in the normal equations above which training windows are thinned out: rows × inputs². */
const MOST_WORK = 2e9;

/**
 * Ridge regression from every value in the window, and the calendar at its end, to every step ahead. The
 * validation error decides whether features are used, and whether the whole window is, half or a quarter of
 * it: a baseline should be as strong as it can be.
 */
export async function fitLinear(
  sampling: Sampling,
  origins: Origins,
  giveWay: GiveWay = neverGiveWay,
): Promise<LinearBaseline> {
  const alone = sampling.channels.filter(({ kind }) => kind !== 'feature');
  const sets = alone.length < sampling.channels.length ? [sampling.channels, alone] : [alone];
  const windows = [1, 2, 4].map((part) => Math.ceil(sampling.window / part));
  const fits: LinearBaseline[] = [];
  for (const channels of sets) {
    for (const window of new Set(windows)) {
      fits.push(await fitOn({ ...sampling, channels, window }, origins, giveWay));
    }
  }
  return fits.reduce((best, next) => {
    return next.ridge.validationError < best.ridge.validationError ? next : best;
  });
}

async function fitOn(
  sampling: Sampling,
  origins: Origins,
  giveWay: GiveWay,
): Promise<LinearBaseline> {
  const inputs = linearInputs(sampling, [sampling.window]).columns;
  const train = thin(origins.train, Math.ceil(MOST_WORK / inputs ** 2));
  const ridge = await fitRidge(
    linearInputs(sampling, train),
    linearTargets(sampling, train),
    linearInputs(sampling, origins.validation),
    linearTargets(sampling, origins.validation),
    giveWay,
  );
  return {
    sampling,
    ridge,
    forecast: (some) =>
      toForecasts(sampling, some, predictRidge(ridge, linearInputs(sampling, some)).data),
  };
}

function linearInputs({ window, channels }: Sampling, origins: number[]): Matrix {
  const lengths = channels.map(({ kind }) => (kind === 'calendar' ? 1 : window));
  const columns = lengths.reduce((sum, length) => sum + length, 0);
  const data = new Float64Array(origins.length * columns);
  let at = 0;
  for (const t of origins) {
    channels.forEach(({ values }, c) => {
      for (let i = t - (lengths[c] as number); i < t; i++) data[at++] = values[i] as number;
    });
  }
  return { data, rows: origins.length, columns };
}

function linearTargets(sampling: Sampling, origins: number[]): Matrix {
  return {
    data: windowTargets(sampling, origins),
    rows: origins.length,
    columns: sampling.horizon,
  };
}
