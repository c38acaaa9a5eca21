import { afterEach, expect, test, vi } from 'vitest';
import { fitLinear } from '../../ts/cli/forecast/baselines.ts';
import { makeSampling } from '../../ts/cli/forecast/samples.ts';
import { splitByTime, windowOrigins } from '../../ts/cli/forecast/split.ts';
import { giveWayFor } from '../../ts/cli/giveWay.ts';
import { makeSeries } from './series.ts';

afterEach(() => vi.restoreAllMocks());

test('a signal ends arithmetic that gives way', async () => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const abort = new AbortController();
  const giveWay = giveWayFor(abort.signal);
  setImmediate(() => abort.abort(new Error('ended')));
  // Not yet: the event loop has not turned.
  await giveWay();
  expect(abort.signal.aborted).toBe(false);
  now += 1000;
  await expect(giveWay()).rejects.toThrow('ended');
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
