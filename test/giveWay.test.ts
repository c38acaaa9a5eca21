import { afterEach, expect, test, vi } from 'vitest';
import { fitLinear } from '../ts/forecast/baselines.ts';
import { makeSampling } from '../ts/forecast/samples.ts';
import { splitByTime, windowOrigins } from '../ts/forecast/split.ts';
import { giveWayFor } from '../ts/giveWay.ts';
import { makeSeries } from './forecast/series.ts';

afterEach(() => vi.restoreAllMocks());

test('a signal ends arithmetic that gives way', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const abort = new AbortController();
  const giveWay = giveWayFor(abort.signal);
  const cause = new Error('ended');
  setImmediate(() => abort.abort(cause));
  // Not yet: the event loop has not turned.
  await giveWay();
  expect(abort.signal.aborted).toBe(false);
  now += 1000;
  await expect(giveWay()).rejects.toMatchObject({ name: 'AbortError', cause });
});

test('the linear baseline gives way at least once for each window', async () => {
  const y = Float64Array.from({ length: 200 }, (_, i) => Math.sin(i * i));
  const split = splitByTime(y.length, 1);
  const origins = windowOrigins('f', split, 8, 1, [y]);
  const shape = { window: 8, horizon: 1, lag: 1, level: true };
  const sampling = makeSampling(makeSeries(y), [], shape, split.trainEnd);
  const giveWay = vi.fn(async () => {});
  await fitLinear(sampling, origins, giveWay);
  expect(giveWay.mock.calls.length).toBeGreaterThan(origins.train.length);
});
