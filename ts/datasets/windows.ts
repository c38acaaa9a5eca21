import { fail, wholeNumber } from '../check.ts';
import { type Tensor, tensor } from '../tensor.ts';
import type { Waves } from './waves.ts';

/** Inputs and targets of one part; the targets have rank `R`. */
export interface Part<R extends number> {
  /** [series, steps, 1] */
  x: Tensor<3>;
  /** What follows, of rank `R`. */
  y: Tensor<R>;
}

/** The book's split: the first 70 % train, the next 20 % validation, the rest test. */
export interface SplitSeries<R extends number> {
  /** The first 70 %. */
  train: Part<R>;
  /** The next 20 %. */
  validation: Part<R>;
  /** The last 10 %. */
  test: Part<R>;
}

/** x: all values but the last, [series, steps − 1, 1]; y: the last, [series, 1]. */
export function oneStepAhead(waves: Waves): SplitSeries<2> {
  return stepsAhead(waves, 1);
}

/**
 * x: all values but the last `ahead`, [series, steps − ahead, 1]; y: the last `ahead`, [series, ahead].
 *
 * @throws SpecError unless 0 < ahead < steps
 */
export function stepsAhead(waves: Waves, ahead: number): SplitSeries<2> {
  checkAhead(waves, ahead);
  const inputs = waves.steps - ahead;
  return split(waves.series, (from, to) => ({
    x: tensor(columns(waves, from, to, 0, inputs), [to - from, inputs, 1]),
    y: tensor(columns(waves, from, to, inputs, waves.steps), [to - from, ahead]),
  }));
}

/**
 * x: as {@link stepsAhead}; y: at every step the next `ahead` values, [series, steps − ahead, ahead].
 *
 * @throws SpecError unless 0 < ahead < steps
 */
export function sequenceToSequence(waves: Waves, ahead: number): SplitSeries<3> {
  checkAhead(waves, ahead);
  const inputs = waves.steps - ahead;
  return split(waves.series, (from, to) => {
    const y = new Float32Array((to - from) * inputs * ahead);
    for (let s = from; s < to; s++) {
      for (let t = 0; t < inputs; t++) {
        const start = s * waves.steps + t + 1;
        y.set(waves.values.subarray(start, start + ahead), ((s - from) * inputs + t) * ahead);
      }
    }
    return {
      x: tensor(columns(waves, from, to, 0, inputs), [to - from, inputs, 1]),
      y: tensor(y, [to - from, inputs, ahead]),
    };
  });
}

function split<R extends number>(
  series: number,
  part: (from: number, to: number) => Part<R>,
): SplitSeries<R> {
  const train = Math.round(series * 0.7);
  const validation = Math.round(series * 0.9);
  return {
    train: part(0, train),
    validation: part(train, validation),
    test: part(validation, series),
  };
}

function columns(waves: Waves, from: number, to: number, first: number, end: number): Float32Array {
  const width = end - first;
  const out = new Float32Array((to - from) * width);
  for (let s = from; s < to; s++) {
    const start = s * waves.steps;
    out.set(waves.values.subarray(start + first, start + end), (s - from) * width);
  }
  return out;
}

function checkAhead(waves: Waves, ahead: number): void {
  const given: unknown = waves;
  if (typeof given !== 'object' || given === null || !('values' in given))
    fail('waves', 'what generateWaves gave', given);
  wholeNumber('steps ahead', ahead, 1, waves.steps - 1);
}
