import { describe, expect, test } from 'vitest';
import type { Callback, EpochLogs, Run } from '../ts/index.ts';
import { DisposedError, isAbortError, isDisposedError } from '../ts/index.ts';
import { createApi } from '../ts/worker/api.ts';
import { fakeEngine, notFinite } from './support/fakeEngine.ts';
import { fakeRun, type RunSetup } from './support/fakeRun.ts';
import { noStream } from './support/fitRequest.ts';

/** A run over the loop itself, on this thread, with an engine without arithmetic. */
function begin(setup: RunSetup = {}) {
  const engine = fakeEngine();
  const api = createApi(() => engine, setup.slice ?? 0);
  api.start({} as Parameters<typeof api.start>[0]);
  const changes = { epochs: 4, ...setup.changes };
  const run = fakeRun(
    { ...setup, changes },
    {
      send: (directive) => api.control(directive),
      fit: (request, listener) => api.fit(request, listener, noStream),
    },
  );
  return { run, engine };
}

test('awaited, a run gives its history', async () => {
  const { run } = begin({ changes: { validation: { kind: 'split', from: 8 }, epochs: 2 } });
  const result = await run;
  expect(result).toEqual({
    history: { loss: [3.5, 3.5], valLoss: [8.5, 8.5] },
    epochs: [0, 1],
    end: 'completed',
    bestEpoch: null,
  });
  expect(run.status).toBe('ended');
});

test('iterated, a run gives its epochs, to several readers', async () => {
  const { run } = begin();
  const read = async () => {
    const seen: number[] = [];
    for await (const { epoch, loss } of run) {
      expect(loss).toBe(4.5);
      seen.push(epoch);
    }
    return seen;
  };
  expect(await Promise.all([read(), read()])).toEqual([
    [0, 1, 2, 3],
    [0, 1, 2, 3],
  ]);
});

test('leaving the iteration stops the run', async () => {
  const { run } = begin({ changes: { epochs: 100_000 } });
  for await (const { epoch } of run) if (epoch === 1) break;
  const { end, epochs } = await run;
  expect(end).toBe('stopped');
  expect(epochs.length).toBeLessThan(100_000);
});

test('a stop in the body of an iteration takes effect at once, promises that it awaits included', async () => {
  const { run, engine } = begin({
    changes: { epochs: 1000 },
    slice: Number.POSITIVE_INFINITY,
  });
  for await (const { epoch } of run) {
    for (let i = 0; i < 100; i++) await Promise.resolve();
    if (epoch === 1) run.stop();
  }
  expect((await run).epochs).toEqual([0, 1]);
  expect(engine.steps).toHaveLength(8);
});

test('stop resolves with the epochs that were finished', async () => {
  const { run, engine } = begin({
    callbacks: [{ onEpochEnd: ({ epoch }, r) => (epoch === 1 ? r.stop() : undefined) }],
  });
  const { end, history } = await run;
  expect(end).toBe('stopped');
  expect(history.loss).toHaveLength(2);
  expect(engine.steps).toHaveLength(8);
});

test('pause stands still, resume goes on', async () => {
  const { run, engine } = begin({ changes: { epochs: 500 } });
  await run.pause();
  expect(run.status).toBe('paused');
  const steps = engine.steps.length;
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(engine.steps).toHaveLength(steps);
  run.resume();
  expect(run.status).toBe('running');
  expect((await run).end).toBe('completed');
  expect(engine.steps).toHaveLength(2000);
});

test('a paused run can be stopped', async () => {
  const { run } = begin({ changes: { epochs: 500 } });
  await run.pause();
  run.stop();
  expect((await run).end).toBe('stopped');
});

test('an abort rejects with an AbortError that knows why; the history stays', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const { run } = begin({
    signal: controller.signal,
    callbacks: [
      { onEpochEnd: ({ epoch }) => (epoch === 1 ? controller.abort(reason) : undefined) },
    ],
  });
  const error: unknown = await run.catch((caught: unknown) => caught);
  expect(isAbortError(error)).toBe(true);
  expect(error).toMatchObject({ cause: reason });
  expect(run.history.loss).toHaveLength(2);
  expect(run.status).toBe('failed');
});

test('a signal that was aborted before trains nothing', async () => {
  const { run, engine } = begin({ signal: AbortSignal.abort() });
  await expect(run).rejects.toSatisfy(isAbortError);
  expect(engine.steps).toHaveLength(0);
});

test('an error in the engine rejects the awaited run and the iteration; the history stays', async () => {
  const { run, engine } = begin();
  engine.beforeStep = (step) => {
    if (step === 9) throw notFinite();
  };
  const seen: EpochLogs[] = [];
  const iterate = async () => {
    for await (const epoch of run) seen.push(epoch);
  };
  await expect(iterate()).rejects.toMatchObject({ name: 'NonFiniteError', layer: 'lstm', step: 3 });
  await expect(run).rejects.toMatchObject({ name: 'NonFiniteError' });
  expect(seen).toHaveLength(2);
  expect(run.history.loss).toHaveLength(2);
});

const failing: readonly { name: string; callback: Callback }[] = [
  { name: 'onTrainBegin', callback: { onTrainBegin: () => Promise.reject(new Error('mine')) } },
  { name: 'onEpochBegin', callback: { onEpochBegin: () => Promise.reject(new Error('mine')) } },
  {
    name: 'onBatchEnd',
    callback: {
      onBatchEnd: () => {
        throw new Error('mine');
      },
    },
  },
  { name: 'onEpochEnd', callback: { onEpochEnd: () => Promise.reject(new Error('mine')) } },
  { name: 'onTrainEnd', callback: { onTrainEnd: () => Promise.reject(new Error('mine')) } },
];

test.each(failing)('an error in $name rejects the run with that error', async ({ callback }) => {
  const { run } = begin({ callbacks: [callback], changes: { progressInterval: 0 } });
  await expect(run).rejects.toThrow('mine');
});

test('callbacks are called in their order, and the run waits for them', async () => {
  const log: string[] = [];
  const note = (text: string) => async () => {
    await new Promise((resolve) => setTimeout(resolve, 2));
    log.push(text);
  };
  const { run } = begin({
    changes: { epochs: 1 },
    callbacks: [
      {
        onTrainBegin: note('begin'),
        onEpochBegin: note('epoch begin'),
        onEpochEnd: note('epoch end'),
        onTrainEnd: note('end'),
      },
    ],
  });
  await run;
  expect(log).toEqual(['begin', 'epoch begin', 'epoch end', 'end']);
});

test('a callback can pause the run and wait for it', async () => {
  let standing = false;
  const { run } = begin({
    callbacks: [
      {
        async onEpochEnd({ epoch }, r) {
          if (epoch > 0) return;
          await r.pause();
          standing = true;
        },
      },
    ],
  });
  while (!standing || run.status !== 'paused')
    await new Promise((resolve) => setTimeout(resolve, 1));
  run.resume();
  expect((await run).epochs).toHaveLength(4);
});

test('a run that is stopped before it begins trains nothing', async () => {
  const { run, engine } = begin({ callbacks: [{ onTrainBegin: (r) => r.stop() }] });
  expect((await run).end).toBe('stopped');
  expect(engine.steps).toHaveLength(0);
});

const never = () => new Promise<never>(() => {});
const waits = (['onTrainBegin', 'onEpochBegin', 'onEpochEnd', 'onTrainEnd'] as const).flatMap(
  (name) => [
    { name, what: 'never resolves', callback: { [name]: never } as Callback },
    {
      name,
      what: 'waits for its own run',
      callback: { [name]: async (...args: unknown[]) => void (await (args.at(-1) as Run)) },
    },
  ],
);

describe.each(waits)('an $name that $what', ({ callback }) => {
  test('does not outlive an abort', async () => {
    const controller = new AbortController();
    const { run } = begin({ callbacks: [callback], signal: controller.signal });
    setTimeout(() => controller.abort(), 20);
    await expect(run).rejects.toSatisfy(isAbortError);
    expect(run.status).toBe('failed');
  });

  test('does not outlive its engine', async () => {
    const closing = new AbortController();
    const { run } = begin({ callbacks: [callback], closing: closing.signal });
    setTimeout(() => closing.abort(new DisposedError('gone')), 20);
    await expect(run).rejects.toSatisfy(isDisposedError);
  });
});

test.each(['onTrainBegin', 'onEpochBegin', 'onBatchEnd', 'onEpochEnd', 'onTrainEnd'] as const)(
  'an %s that rejects ends the run with its error',
  async (name) => {
    const failure = new Error('mine');
    const { run } = begin({
      changes: { epochs: 2000, progressInterval: 0 },
      callbacks: [{ [name]: () => Promise.reject(failure) }],
    });
    await expect(run).rejects.toBe(failure);
  },
);
