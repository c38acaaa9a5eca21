import { describe, expect, test } from 'vitest';
import {
  calendarChannels,
  possibleCycles,
  possibleSeasons,
  subsets,
} from '../../ts/forecast/calendar.ts';
import {
  anchor,
  differences,
  inputScales,
  makeSampling,
  toForecasts,
  windowInputs,
  windowTargets,
} from '../../ts/forecast/samples.ts';
import { splitByTime, thin, windowOrigins } from '../../ts/forecast/split.ts';
import { DAY, daily, makeSeries } from './series.ts';

describe('windows', () => {
  test('targets stay inside their part and nothing later is read', () => {
    const y = Float64Array.from({ length: 100 }, (_, i) => i);
    const { train, validation, holdout } = windowOrigins('f', splitByTime(100, 5), 10, 5, [y]);
    expect([train[0], train.at(-1)]).toEqual([10, 55]);
    expect([validation[0], validation.at(-1)]).toEqual([60, 75]);
    expect([holdout[0], holdout.at(-1)]).toEqual([80, 95]);
  });

  test.each([
    { length: 100, horizon: 5, split: { trainEnd: 60, holdoutStart: 80, length: 100 } },
    { length: 60, horizon: 12, split: { trainEnd: 32, holdoutStart: 46, length: 60 } },
  ])('$length steps are split by time for a horizon of $horizon', ({ length, horizon, split }) => {
    expect(splitByTime(length, horizon)).toEqual(split);
  });

  test('windows that touch a gap are left out', () => {
    const y = Float64Array.from({ length: 100 }, (_, i) => (i === 30 ? Number.NaN : i));
    const { train } = windowOrigins('f', splitByTime(100, 3), 4, 3, [y]);
    expect(train.filter((t) => t > 20 && t < 40)).toEqual([
      21, 22, 23, 24, 25, 26, 27, 35, 36, 37, 38, 39,
    ]);
  });

  test.each([
    {
      name: 'short',
      length: 39,
      gap: -1,
      says: /39 steps are too few for a window of 10 and a horizon of 5; at least 42/,
    },
    { name: 'full of gaps', length: 100, gap: 12, says: /windows needed in the train part/ },
    { name: 'open at the end', length: 100, gap: 98, says: /the last 10 steps hold a gap/ },
  ])('a series that is $name is refused', ({ length, gap, says }) => {
    const y = Float64Array.from({ length }, (_, i) => {
      return i === gap || (gap === 12 && i < 60 && i % gap === 0) ? Number.NaN : i;
    });
    expect(() => windowOrigins('f', splitByTime(length, 5), 10, 5, [y])).toThrow(says);
  });

  test('very many are thinned out evenly, the last one kept', () => {
    const y = new Float64Array(100_000);
    const { train, holdout } = windowOrigins('f', splitByTime(100_000, 5), 10, 5, [y]);
    expect(train).toHaveLength(19_996);
    expect(train.at(-1)).toBe(59_995);
    expect(holdout).toHaveLength(4_999);
    expect(thin([1, 2, 3, 4, 5], 5)).toEqual([1, 2, 3, 4, 5]);
    expect(thin([1, 2, 3, 4, 5], 2)).toEqual([2, 5]);
  });

  test('scales come from the training part alone', () => {
    const y = Float64Array.from({ length: 100 }, (_, i) => (i < 60 ? i % 2 : 1e6));
    const { channels, outputScale } = makeSampling(
      makeSeries(y),
      [],
      { window: 3, horizon: 1, lag: 1, level: true },
      60,
    );
    expect(channels[0]).toMatchObject({ mean: 0.5, deviation: 0.5 });
    expect(outputScale).toBe(1);
  });

  test('targets are changes from the last value, and come back', () => {
    const y = Float64Array.of(1, 2, 4, 8, 16, 32);
    const sampling = makeSampling(
      makeSeries(y),
      [],
      { window: 2, horizon: 2, lag: 1, level: true },
      6,
    );
    const outputs = windowTargets(sampling, [2, 4]);
    const last = [2, 2, 8, 8];
    toForecasts(sampling, [2, 4], outputs).values.forEach((value, i) => {
      expect(value).toBeCloseTo([4, 8, 16, 32][i] as number, 12);
      const change = (outputs[i] as number) * sampling.outputScale;
      expect(change).toBeCloseTo(value - (last[i] as number), 12);
    });
    const { mean, deviation } = sampling.channels[0] as { mean: number; deviation: number };
    const inputs = windowInputs(sampling, [2, 4]);
    [1, 2, 4, 8].forEach((value, i) => {
      const change = value - (i < 2 ? 2 : 8);
      expect((inputs[2 * i] as number) * sampling.outputScale).toBeCloseTo(change, 5);
      expect((inputs[2 * i + 1] as number) * deviation + mean).toBeCloseTo(value, 5);
    });
  });
});

describe('a seasonal anchor', () => {
  const y = Float64Array.of(1, 2, 3, 11, 12, 14, 21, 23, 25);
  const sampling = makeSampling(
    makeSeries(y),
    [],
    { window: 2, horizon: 2, lag: 3, level: false },
    9,
  );

  test('is the value one season before', () => {
    expect([0, 1, 2, 3].map((h) => anchor(y, 6, h, 3))).toEqual([11, 12, 14, 11]);
    expect(anchor(Float64Array.of(1, Number.NaN, 3), 3, 1, 2)).toBe(3);
    expect([...differences(y, 3)].slice(2, 6)).toEqual([Number.NaN, 10, 10, 11]);
  });

  test('is taken off the inputs and the targets, and the level is not seen', () => {
    const scale = sampling.outputScale;
    expect([...windowInputs(sampling, [6])]).toEqual([10, 11].map((v) => Math.fround(v / scale)));
    expect([...windowTargets(sampling, [6])]).toEqual([10 / scale, 11 / scale]);
    expect(inputScales(sampling)).toEqual([{ name: 'difference', mean: 0, deviation: scale }]);
  });

  test('comes back into the forecast', () => {
    expect([...toForecasts(sampling, [6], [0, 0]).values]).toEqual([11, 12]);
  });
});

describe('calendar', () => {
  test('cycles come back after their length', () => {
    const { timeline } = makeSeries(new Float64Array(15));
    const [sine, cosine] = calendarChannels(timeline, ['week']);
    expect(sine?.values[0]).toBeCloseTo(sine?.values[7] as number, 12);
    // 1970-01-01 is a Thursday: three days after Monday.
    expect(cosine?.values[4]).toBeCloseTo(1, 12);
  });

  test.each([
    { step: daily, span: 400, cycles: ['week', 'year'], seasons: [7, 365] },
    { step: daily, span: 300, cycles: ['week'], seasons: [7, 365] },
    {
      step: { ...daily, unit: 'hour', name: 'hour', length: DAY / 24 } as const,
      span: 30,
      cycles: ['day', 'week'],
      seasons: [24, 168, 8766],
    },
    {
      step: { unit: 'month', every: 1, name: 'month', length: 30.4 * DAY } as const,
      span: 4000,
      cycles: ['year'],
      seasons: [12],
    },
    {
      step: { unit: 'month', every: 12, name: 'year', length: 365 * DAY } as const,
      span: 9000,
      cycles: [],
      seasons: [],
    },
  ])('a series of one value a $step.name over $span days', ({ step, span, cycles, seasons }) => {
    expect(possibleCycles(step, span * DAY)).toEqual(cycles);
    expect(possibleSeasons(step)).toEqual(seasons);
  });

  test('all choices of cycles', () => {
    expect(subsets(['day', 'week'])).toEqual([[], ['day'], ['week'], ['day', 'week']]);
  });
});
