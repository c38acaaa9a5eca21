import { describe, expect, test } from 'vitest';
import { tensor } from '../../ts/index.ts';
import { naiveError, ownForecastError } from '../../ts/cli/reproduce/errors.ts';
import { FIGURES } from '../../ts/cli/reproduce/figures.ts';
import { isReached, median, reproduce, seedList } from '../../ts/cli/reproduce/reproduce.ts';

const part = {
  x: tensor([1, 2, 5, 4], [2, 2, 1]),
  y: tensor([3, 4, 4, 6], [2, 2]),
};

test('naive error by hand', () => {
  // 2 for 3 4, 4 for 4 6
  expect(naiveError(part)).toBe((1 + 4 + 0 + 4) / 4);
});

test('own forecasts are put behind the series and forecast again', async () => {
  const seen: number[][] = [];
  const error = await ownForecastError(part, async ({ data, shape: [series, steps] }) => {
    seen.push([...data]);
    return Float32Array.from(
      { length: series },
      (_, s) => (data[(s + 1) * steps - 1] as number) + 1,
    );
  });
  expect(seen).toEqual([
    [1, 2, 5, 4],
    [1, 2, 3, 5, 4, 5],
  ]);
  // 3 4 for 3 4, 5 6 for 4 6
  expect(error).toBe(1 / 4);
});

describe('bands', () => {
  test.each([
    { name: 'oneLinear', low: 0.003735, high: 0.004587 },
    { name: 'sequenceGru', low: 0.0063, high: 0.01221 },
    { name: 'tenOwn', low: 0.02457, high: 0.03135 },
  ] as const)(
    '$name: the wider of the spread and ten per cent, and Keras 3',
    ({ name, low, high }) => {
      expect(FIGURES[name].low).toBeCloseTo(low, 12);
      expect(FIGURES[name].high).toBeCloseTo(high, 12);
    },
  );

  test.each([
    { name: 'one-step-naive', value: 0.5, reached: false },
    { name: 'sequence-lstm', value: 0.5, reached: true },
    { name: 'sequence-lstm', value: 1.5, reached: true },
    { name: 'sequence-lstm', value: 2.1, reached: false },
    { name: 'sequence-lstm', value: Number.NaN, reached: false },
  ])('$name at $value', ({ name, value, reached }) => {
    expect(isReached({ name, value, reference: 1.5, low: 1, high: 2, seconds: 1 })).toBe(reached);
  });
});

describe('runs', () => {
  const figures = [FIGURES.oneLinear, FIGURES.oneSimple];

  test('take the median over the seeds, figure by figure', async () => {
    const run = async (seed: number) => [seed, -seed];
    const done: number[] = [];
    const training = { figures, seeded: true, run };
    const results = await reproduce([training], seedList(3), new AbortController().signal, (n) =>
      done.push(n),
    );
    expect(results.map(({ value }) => value)).toEqual([2, -2]);
    expect(done).toEqual([1, 2, 3]);
  });

  test('an error in one stops the others', async () => {
    const stopped: boolean[] = [];
    const run = async (seed: number, signal: AbortSignal) => {
      if (seed === 1) throw new Error('lost');
      await new Promise((resolve) => setTimeout(resolve, 20));
      stopped.push(signal.aborted);
      return [seed, seed];
    };
    const training = { figures, seeded: true, run };
    const results = reproduce([training], [1, 42, 2], new AbortController().signal, () => {});
    await expect(results).rejects.toThrow('lost');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(stopped.every(Boolean)).toBe(true);
    expect(stopped.length).toBeLessThan(3);
  });

  test('medians', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([5])]).toEqual([2, 2.5, 5]);
  });
});
