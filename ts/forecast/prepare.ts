import type { Series } from '../table/series.ts';
import { ForecastError } from './errors.ts';
import type { GiveWay } from '../giveWay.ts';
import {
  chooseSeason,
  fitLinear,
  type LinearBaseline,
  naiveForecasts,
  seasonalForecasts,
} from './baselines.ts';
import { type Cycle, possibleCycles, possibleSeasons, subsets } from './calendar.ts';
import { score } from './metrics.ts';
import { defaultWindow, type OptionName, type Settings } from './options.ts';
import { differences, makeSampling, type Sampling } from './samples.ts';
import { type Origins, type Split, splitByTime, windowOrigins } from './split.ts';

/** The calendar cycles that are inputs, and the linear forecast with them. */
type Candidate = Pick<Prepared, 'cycles' | 'sampling' | 'linear'>;

/** Everything that is chosen before a model is trained, from the training and validation parts alone. */
export interface Prepared {
  split: Split;
  origins: Origins;
  /** Season of the seasonal-naive forecast, 1 if there is none. */
  season: number;
  cycles: Cycle[];
  sampling: Sampling;
  linear: LinearBaseline;
}

/** An error must fall to this share of the other for a more complex choice to be taken. */
const CYCLE_WORTH = 0.98;
const SEASON_WORTH = 0.9;

/** @throws {ForecastError} if the series is too short, too full of gaps, or constant */
export async function prepare(
  series: Series,
  options: Settings,
  giveWay: GiveWay,
  optionName?: OptionName,
): Promise<Prepared> {
  const { target, timeline, file } = series;
  const { horizon } = options;
  const window = options.window ?? defaultWindow(timeline.step, target.length, horizon);
  const split = splitByTime(target.length, horizon);
  const columns = [target, ...series.features.map(({ values }) => values)];
  const all = windowOrigins(file, split, window, horizon, columns, optionName);
  checkVaries(series, split);

  const seasons = possibleSeasons(timeline.step);
  const season = chooseSeason(target, all, horizon, seasons, split.trainEnd);
  const lag = chooseLag(target, all.validation, horizon, season, split);
  const origins =
    lag === 1
      ? all
      : windowOrigins(
          file,
          split,
          window,
          horizon,
          [...columns, differences(target, lag)],
          optionName,
        );
  const shape = { window, horizon, lag, level: staysInRange(target, split) };
  return {
    split,
    origins,
    season,
    ...(await chooseCycles(series, shape, split, origins, giveWay)),
  };
}

/** The season, if it forecasts the validation part clearly better than the last value does. */
function chooseLag(
  target: Float64Array,
  origins: number[],
  horizon: number,
  season: number,
  { trainEnd }: Split,
): number {
  const seasonal = score(target, seasonalForecasts(target, origins, horizon, season), 1).mae;
  const naive = score(target, naiveForecasts(target, origins, horizon), 1).mae;
  return season <= trainEnd / 4 && seasonal < SEASON_WORTH * naive ? season : 1;
}

/** Whether validation values lie where training values lay; a series with a trend leaves their range. */
function staysInRange(target: Float64Array, { trainEnd, holdoutStart }: Split): boolean {
  const [low, high] = target.subarray(0, trainEnd).reduce(
    ([least, most], value) => {
      return Number.isNaN(value) ? [least, most] : [Math.min(least, value), Math.max(most, value)];
    },
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number],
  );
  const later = target.subarray(trainEnd, holdoutStart);
  const outside = later.filter((value) => value < low || value > high);
  return outside.length < 0.1 * later.length;
}

/** Takes the calendar cycles with which the linear forecast does best on the validation part. */
async function chooseCycles(
  series: Series,
  shape: Pick<Sampling, 'window' | 'horizon' | 'lag' | 'level'>,
  split: Split,
  origins: Origins,
  giveWay: GiveWay,
): Promise<Candidate> {
  const { step } = series.timeline;
  const candidates: Candidate[] = [];
  for (const cycles of subsets(possibleCycles(step, step.length * split.trainEnd))) {
    const sampling = makeSampling(series, cycles, shape, split.trainEnd);
    candidates.push({ cycles, sampling, linear: await fitLinear(sampling, origins, giveWay) });
  }
  return candidates.reduce((best, next) => {
    const more = next.cycles.length - best.cycles.length;
    const needed = best.linear.ridge.validationError * CYCLE_WORTH ** more;
    return next.linear.ridge.validationError < needed ? next : best;
  });
}

function checkVaries({ target, targetName, file }: Series, { trainEnd }: Split): void {
  const known = target.subarray(0, trainEnd).filter((value) => !Number.isNaN(value));
  if (known.every((value) => value === known[0])) {
    throw new ForecastError(
      `${file}: ${targetName} is ${known[0]} in the whole training part, so there is nothing to learn`,
    );
  }
}
