import { ForecastError } from './errors.ts';
import { inBackticks, type OptionName } from './options.ts';

/** Parts of the series in order of time; `train` ends where `validation` begins, and so on. */
export interface Split {
  /** First step after the training part. */
  trainEnd: number;
  /** First step of the held-out part. */
  holdoutStart: number;
  /** Steps of the series. */
  length: number;
}

/** Share of the series that is validated on, and as much held out. */
const TEST_SHARE = 0.2;
const LEAST_TRAINING_WINDOWS = 12;
const LEAST_TEST_WINDOWS = 3;

/** More windows than these are thinned out evenly: neighbours overlap almost wholly. */
const MOST_WINDOWS = { train: 20_000, validation: 5_000, holdout: 5_000 };

/** First steps of the targets of usable windows, part by part. */
export interface Origins {
  train: number[];
  validation: number[];
  holdout: number[];
}

/** Training part, validation part, held-out part: 60, 20 and 20 %, or more to test on in a short series. */
export function splitByTime(length: number, horizon: number): Split {
  const test = Math.max(Math.floor(length * TEST_SHARE), horizon + LEAST_TEST_WINDOWS - 1);
  return { trainEnd: length - 2 * test, holdoutStart: length - test, length };
}

/** The shortest series that gives enough windows in every part. */
export function leastLength(window: number, horizon: number): number {
  const train = window + horizon + LEAST_TRAINING_WINDOWS - 1;
  let length = train;
  while (splitByTime(length, horizon).trainEnd < train) length++;
  return length;
}

/**
 * Windows by the first step of their target: `window` steps before it are the input, `horizon` steps from
 * it the target. A target lies wholly in its part; inputs reach back into the part before, which is past.
 * Windows that touch an unfilled gap are left out; very many are thinned out.
 *
 * @throws {ForecastError} if a part has too few windows
 */
export function windowOrigins(
  where: string,
  split: Split,
  window: number,
  horizon: number,
  channels: Float64Array[],
  optionName: OptionName = inBackticks,
): Origins {
  const least = leastLength(window, horizon);
  if (split.length < least) {
    throw new ForecastError(
      `${where}: ${split.length} steps are too few for a window of ${window} and a horizon of ${horizon}; at least ${least} are needed`,
    );
  }
  const gapsBefore = countGaps(channels, split.length);
  const usable = (from: number, to: number) => {
    const origins: number[] = [];
    for (let t = Math.max(from, window); t + horizon <= to; t++) {
      if (gapsBefore[t + horizon] === gapsBefore[t - window]) origins.push(t);
    }
    return origins;
  };
  const origins = {
    train: thin(usable(0, split.trainEnd), MOST_WINDOWS.train),
    validation: thin(usable(split.trainEnd, split.holdoutStart), MOST_WINDOWS.validation),
    holdout: thin(usable(split.holdoutStart, split.length), MOST_WINDOWS.holdout),
  };
  for (const [part, list] of Object.entries(origins)) {
    const needed = part === 'train' ? LEAST_TRAINING_WINDOWS : LEAST_TEST_WINDOWS;
    if (list.length < needed) {
      throw new ForecastError(
        `${where}: unfilled gaps leave ${list.length} of the ${needed} windows needed in the ${part} part; choose a shorter ${optionName('window')} or fill the gaps`,
      );
    }
  }
  checkNewest(where, window, channels);
  return origins;
}

/** @throws {ForecastError} if the last `window` steps hold a gap in any channel */
export function checkNewest(where: string, window: number, channels: Float64Array[]): void {
  if (channels.every((values) => !values.subarray(-window).some(Number.isNaN))) return;
  throw new ForecastError(
    `${where}: the last ${window} steps hold a gap too long to fill, so there is nothing to forecast from`,
  );
}

/** Every n-th origin, the last one included, so that at most `most` are left. */
export function thin(origins: number[], most: number): number[] {
  const stride = Math.ceil(origins.length / most);
  return origins.filter((_, i) => (origins.length - 1 - i) % stride === 0);
}

/** How many steps before each step have a channel without a value. */
function countGaps(channels: Float64Array[], length: number): Uint32Array {
  const before = new Uint32Array(length + 1);
  for (let i = 0; i < length; i++) {
    const gap = channels.some((values) => Number.isNaN(values[i]));
    before[i + 1] = (before[i] as number) + (gap ? 1 : 0);
  }
  return before;
}
