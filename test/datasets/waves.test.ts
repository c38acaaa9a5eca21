import { describe, expect, test } from 'vitest';
import {
  generateWaves,
  legacyRandom,
  oneStepAhead,
  sequenceToSequence,
  stepsAhead,
} from '../../ts/datasets/index.ts';
import { SpecError } from '../../ts/index.ts';

describe('legacyRandom', () => {
  // np.random.seed(seed); np.random.rand(...)
  test.each([
    [42, [0.3745401188473625, 0.9507143064099162, 0.7319939418114051, 0.5986584841970366]],
    [4294967295, [0.0976320289940138, 0.9123828453026218]],
  ])('gives the bits of NumPy for seed %i', (seed, expected) => {
    const random = legacyRandom(seed);
    expect(expected.map(() => random.next())).toEqual(expected);
  });

  test('gives the bits of NumPy after the state was renewed', () => {
    const random = legacyRandom(42);
    const values = Array.from({ length: 2000 }, () => random.next());
    expect([values[311], values[312], values[1999]]).toEqual([
      0.07845638134226596, 0.02535074341545751, 0.28218707469320015,
    ]);
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])('refuses seed %s', (seed) => {
    expect(() => legacyRandom(seed)).toThrow(SpecError);
  });
});

describe('generateWaves', () => {
  // Position [series, step] and value as NumPy computes it with seed 42 and 10000 series.
  const cases = [
    {
      steps: 51,
      at: [
        [0, 0, 0.4596948027610779],
        [0, 1, 0.3148667812347412],
        [1234, 5, 0.4739837348461151],
        [9999, 50, 0.050528232008218765],
      ],
    },
    {
      steps: 60,
      at: [
        [0, 0, 0.4596948027610779],
        [0, 1, 0.33874455094337463],
        [1234, 5, 0.49668771028518677],
        [9999, 59, 0.08325014263391495],
      ],
    },
  ] as const;
  test.each(cases)('gives the notebook’s series of $steps steps to the bit', ({ steps, at }) => {
    const { values } = generateWaves({ steps });
    for (const [series, step, expected] of at) expect(values[series * steps + step]).toBe(expected);
  });

  test.each([{ series: 0 }, { steps: 1.5 }, { seed: -1 }])('refuses %o', (options) => {
    expect(() => generateWaves(options)).toThrow(SpecError);
  });
});

describe('windows of generated series', () => {
  const waves = { values: Float32Array.from({ length: 60 }, (_, i) => i), series: 10, steps: 6 };

  test('split 70 : 20 : 10 in order', () => {
    const { train, validation, test: rest } = oneStepAhead(waves);
    expect([train, validation, rest].map(({ x }) => x.shape)).toEqual([
      [7, 5, 1],
      [2, 5, 1],
      [1, 5, 1],
    ]);
    expect([...validation.x.data]).toEqual([42, 43, 44, 45, 46, 48, 49, 50, 51, 52]);
    expect([...validation.y.data]).toEqual([47, 53]);
  });

  test('take the last values as targets', () => {
    const { test: part } = stepsAhead(waves, 2);
    expect([...part.x.data]).toEqual([54, 55, 56, 57]);
    expect(part.y.toArray()).toEqual([[58, 59]]);
  });

  test('take the next values of every step as targets', () => {
    const { test: part } = sequenceToSequence(waves, 3);
    expect([...part.x.data]).toEqual([54, 55, 56]);
    expect(part.y.toArray()).toEqual([
      [
        [55, 56, 57],
        [56, 57, 58],
        [57, 58, 59],
      ],
    ]);
  });

  test.each([0, 6, 1.5])('refuse %s steps ahead of 6', (ahead) => {
    expect(() => stepsAhead(waves, ahead)).toThrow(/from 1 to 5/);
  });
});
