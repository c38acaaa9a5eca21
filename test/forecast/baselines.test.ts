import { describe, expect, test } from 'vitest';
import {
  chooseSeason,
  fitLinear,
  naiveForecasts,
  seasonalForecasts,
} from '../../ts/forecast/baselines.ts';
import { coverage, learnInterval } from '../../ts/forecast/interval.ts';
import { naiveScale, score } from '../../ts/forecast/metrics.ts';
import { makeSampling } from '../../ts/forecast/samples.ts';
import { splitByTime, windowOrigins } from '../../ts/forecast/split.ts';
import { makeSeries } from './series.ts';

describe('baselines by hand', () => {
  const target = Float64Array.of(1, 2, 4, 3, 5, 7);

  test('naive repeats the last value', () => {
    expect([...naiveForecasts(target, [3, 4], 2).values]).toEqual([4, 4, 3, 3]);
  });

  test('seasonal-naive looks back as many seasons as it needs', () => {
    expect([...seasonalForecasts(target, [4], 3, 2).values]).toEqual([4, 3, 4]);
    expect([...seasonalForecasts(target, [4], 2, 1).values]).toEqual([3, 3]);
  });

  test('seasonal-naive falls back to the last value in a gap', () => {
    const gap = Float64Array.of(1, Number.NaN, 4, 3);
    expect([...seasonalForecasts(gap, [4], 2, 3).values]).toEqual([3, 4]);
  });

  test('errors', () => {
    const forecasts = { origins: [3, 4], horizon: 2, values: Float64Array.of(4, 4, 3, 3) };
    // actual: 3 5, 5 7; errors: 1 −1, −2 −4
    const { mae, rmse, mase } = score(target, forecasts, naiveScale(target, 1, 4));
    expect(mae).toBe(2);
    expect(rmse).toBeCloseTo(Math.sqrt(22 / 4), 14);
    expect(mase).toBeCloseTo(2 / (4 / 3), 14);
  });

  test('the season that forecasts the validation part best is chosen', () => {
    const wave = Float64Array.from({ length: 200 }, (_, i) => Math.sin((2 * Math.PI * i) / 12));
    const origins = windowOrigins('f', splitByTime(200, 4), 6, 4, [wave]);
    expect(chooseSeason(wave, origins, 4, [7, 12], 120)).toBe(12);
    expect(chooseSeason(wave, origins, 4, [100], 120)).toBe(1);
  });
});

describe('linear baseline', () => {
  test('finds the rule of a series that is exactly linear in its past', async () => {
    // y(t) = 1.6·y(t−1) − 0.9·y(t−2) + 2 + 0.5·x(t−1)
    const n = 300;
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i * i));
    const y = new Float64Array(n);
    for (let t = 2; t < n; t++) {
      y[t] =
        1.6 * (y[t - 1] as number) - 0.9 * (y[t - 2] as number) + 2 + 0.5 * (x[t - 1] as number);
    }
    const split = splitByTime(n, 1);
    const origins = windowOrigins('f', split, 3, 1, [y]);
    const sampling = makeSampling(
      makeSeries(y, [{ name: 'x', values: x }]),
      [],
      { window: 3, horizon: 1, lag: 1, level: true },
      split.trainEnd,
    );
    const linear = await fitLinear(sampling, origins);
    expect(score(y, linear.forecast(origins.holdout), 1).mae).toBeLessThan(1e-3);
    expect(linear.ridge.penalty).toBe(0.01);
  });

  test('leaves out features that do not help on the validation part', async () => {
    // The feature gives the next value away in training and lies afterwards.
    const n = 200;
    const y = Float64Array.from({ length: n }, (_, i) => Math.sin(i * i));
    const lure = y.map((_, i) => (i < 120 ? (y[i + 1] as number) : Math.cos(i)));
    const split = splitByTime(n, 1);
    const origins = windowOrigins('f', split, 3, 1, [y]);
    const series = makeSeries(y, [{ name: 'lure', values: lure }]);
    const sampling = makeSampling(
      series,
      [],
      { window: 3, horizon: 1, lag: 1, level: true },
      split.trainEnd,
    );
    const { channels } = (await fitLinear(sampling, origins)).sampling;
    expect(channels.map(({ kind }) => kind)).toEqual(['target']);
  });

  test('looks back no further than helps on the validation part', async () => {
    // The series repeats itself after 8 steps in the training part, and never afterwards.
    const n = 200;
    const noise = (i: number) => Math.sin(i * i);
    const y = Float64Array.from({ length: n }, (_, i) => noise(i < 120 ? i % 8 : i));
    const split = splitByTime(n, 1);
    const origins = windowOrigins('f', split, 8, 1, [y]);
    const shape = { window: 8, horizon: 1, lag: 1, level: true };
    const sampling = makeSampling(makeSeries(y), [], shape, split.trainEnd);
    expect((await fitLinear(sampling, origins)).sampling.window).toBeLessThan(8);
  });

  test('holds still where inputs are copies of each other', async () => {
    const y = Float64Array.from({ length: 120 }, (_, i) => i % 5);
    const split = splitByTime(120, 2);
    const origins = windowOrigins('f', split, 10, 2, [y]);
    const sampling = makeSampling(
      makeSeries(y, [{ name: 'same', values: y }]),
      [],
      { window: 10, horizon: 2, lag: 1, level: true },
      split.trainEnd,
    );
    const linear = await fitLinear(sampling, origins);
    expect(score(y, linear.forecast(origins.holdout), 1).mae).toBeLessThan(1e-2);
  });
});

describe('interval', () => {
  // Residuals −9 … 9 for the first step, ten times as large for the second.
  const origins = Array.from({ length: 19 }, (_, i) => 2 * i);
  const target = Float64Array.from(
    { length: 38 },
    (_, i) => (Math.floor(i / 2) - 9) * (i % 2 === 0 ? 1 : 10),
  );
  const forecasts = { origins, horizon: 2, values: new Float64Array(38) };

  test('takes the ranks that leave the asked share inside', () => {
    expect(learnInterval(target, forecasts, 0.8)).toEqual({
      level: 0.8,
      low: [-8, -80],
      high: [8, 80],
    });
  });

  test('its coverage is measured', () => {
    expect(coverage(target, forecasts, learnInterval(target, forecasts, 0.8))).toBeCloseTo(
      17 / 19,
      12,
    );
  });

  test('always holds the forecast itself', () => {
    const above = { ...forecasts, values: forecasts.values.fill(1000) };
    expect(learnInterval(target, above, 0.8).high).toEqual([0, 0]);
  });
});
