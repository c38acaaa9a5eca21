import { afterEach, describe, expect, test, vi } from 'vitest';
import { isAbortError, layers, sequential } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';
import { waves } from '../support/series.ts';

const keep = keeper();
const { x, y } = waves(64, 10);

afterEach(() => {
  vi.unstubAllGlobals();
});

function build(thread: 'worker' | 'main') {
  const options = { inputShape: [null, 1], seed: 3, thread } as const;
  const model = sequential([layers.lstm(4), layers.dense(1)], options);
  return keep(model.compile({ loss: 'mse' }));
}

const cases = (['worker', 'main'] as const).flatMap((thread) =>
  [true, false].flatMap((shared) => [true, false].map((started) => ({ thread, shared, started }))),
);

describe.each(cases)(
  'on thread $thread, memory shared: $shared, engine started: $started',
  ({ thread, shared, started }) => {
    /** A run that has just been asked for: the engine has not heard of it. */
    async function begin(epochs: number, signal?: AbortSignal) {
      if (!shared) vi.stubGlobal('SharedArrayBuffer', undefined);
      const model = build(thread);
      if (started) await model.describe();
      const run = model.fit(x, y, { epochs, ...(signal === undefined ? {} : { signal }) });
      return { run, model };
    }

    test('a pause holds before the first batch; the run goes on after it', async () => {
      const { run, model } = await begin(2);
      await run.pause();
      expect(run.status).toBe('paused');
      expect(await model.getWeights()).toEqual(await build(thread).getWeights());
      run.resume();
      expect((await run).epochs).toEqual([0, 1]);
    });

    test('after a pause that was taken back the run goes on', async () => {
      const { run } = await begin(2);
      const paused = run.pause();
      run.resume();
      await paused;
      expect((await run).epochs).toEqual([0, 1]);
    });

    test('a stop ends the run with no epochs', async () => {
      const { run } = await begin(100_000);
      run.stop();
      expect(await run).toMatchObject({ end: 'stopped', epochs: [] });
    });

    test('an abort rejects the run; the model goes on', async () => {
      const controller = new AbortController();
      const { run, model } = await begin(100_000, controller.signal);
      controller.abort();
      await expect(run).rejects.toSatisfy(isAbortError);
      expect((await model.fit(x, y)).end).toBe('completed');
    });
  },
);
