import { describe, expect, test } from 'vitest';
import { earlyStopping } from '../ts/index.ts';
import type { Run } from '../ts/run.ts';
import { connectWorker } from '../ts/worker/bridge.ts';
import type { StartRequest } from '../ts/worker/protocol.ts';
import { notFinite } from './support/fakeEngine.ts';
import { fakeRun, type RunSetup } from './support/fakeRun.ts';
import { fakeWorker } from './support/fakeWorker.ts';
import { BATCHES, noStream } from './support/fitRequest.ts';

/** A run whose loop is at the other end of a channel, with an engine without arithmetic. */
async function begin(setup: RunSetup = {}) {
  const worker = fakeWorker(setup.slice);
  const connection = connectWorker(worker);
  await connection.call('start', [{} as StartRequest]);
  const changes = { epochs: 6, ...setup.changes };
  const run = fakeRun(
    { ...setup, changes },
    {
      send: (directive) => void connection.call('control', [directive]),
      fit: (request, listener) => connection.call('fit', [request, listener, noStream]),
    },
  );
  return { run, engine: worker.engine };
}

/** What happens to a run in the middle of its fourth epoch. */
const endings: readonly {
  name: string;
  setup?: (controller: AbortController) => RunSetup;
  happens?: (run: Run, controller: AbortController) => void;
  epochs: number;
}[] = [
  { name: 'completes', epochs: 6 },
  { name: 'is stopped', happens: (run) => run.stop(), epochs: 3 },
  {
    name: 'is aborted',
    setup: ({ signal }) => ({ signal }),
    happens: (_run, controller) => controller.abort(),
    epochs: 3,
  },
  {
    name: 'fails',
    happens: () => {
      throw notFinite();
    },
    epochs: 3,
  },
  {
    name: 'stops early',
    setup: () => ({
      changes: { earlyStopping: [earlyStopping({ monitor: 'loss', patience: 2 })] },
    }),
    epochs: 3,
  },
];

test.each(endings)(
  'awaited only, the history is complete when the run $name',
  async ({ setup, happens, epochs }) => {
    const controller = new AbortController();
    const { run, engine } = await begin(setup?.(controller));
    engine.beforeStep = (step) => {
      if (step === 3 * BATCHES + 1) happens?.(run, controller);
    };
    await run.then(
      (result) => expect(result.epochs).toEqual(Array.from({ length: epochs }, (_, i) => i)),
      () => expect(run.status).toBe('failed'),
    );
    expect(run.history.loss).toHaveLength(epochs);
  },
);

test('awaited only, the history is complete when the run stands still', async () => {
  const { run, engine } = await begin();
  const standing = new Promise<void>((resolve) => {
    engine.beforeStep = (step) => {
      if (step === 3 * BATCHES + 1) resolve(run.pause());
    };
  });
  await standing;
  expect(run.status).toBe('paused');
  expect(run.history.loss).toHaveLength(3);
  run.resume();
  expect((await run).epochs).toHaveLength(6);
});

test('an iteration that begins late misses no epoch', async () => {
  const { run, engine } = await begin({ changes: { epochs: 40 } });
  await new Promise<void>((resolve) => {
    engine.beforeStep = (step) => {
      if (step === 20 * BATCHES) resolve();
    };
  });
  const seen: number[] = [];
  for await (const { epoch } of run) seen.push(epoch);
  expect(seen).toEqual(Array.from({ length: 40 }, (_, i) => i));
});

test('an iteration that begins after the end gives all epochs', async () => {
  const { run } = await begin();
  await run;
  const seen: number[] = [];
  for await (const { epoch } of run) seen.push(epoch);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
});

describe.each([true, false])('with shared memory: %s', (shared) => {
  const stops: readonly { name: string; epochs: number; setup?: RunSetup; body?: Body }[] = [
    {
      name: 'run.stop() in the body of an iteration',
      epochs: 3,
      body: (run, epoch) => (epoch === 2 ? run.stop() : undefined),
    },
    { name: 'leaving an iteration', epochs: 3, body: (_run, epoch) => epoch === 2 },
    {
      name: 'run.stop() in onEpochEnd',
      epochs: 3,
      setup: { callbacks: [{ onEpochEnd: ({ epoch }, run) => stopAt(2, epoch, run) }] },
    },
    {
      name: 'run.stop() in onEpochBegin',
      epochs: 3,
      setup: { callbacks: [{ onEpochBegin: (epoch, run) => stopAt(3, epoch, run) }] },
    },
  ];

  test.each(stops)('$name takes effect at once', async ({ epochs, setup, body }) => {
    // The loop hears of the stop while it waits for an answer, or never.
    const slice = Number.POSITIVE_INFINITY;
    const { run, engine } = await begin({ changes: { epochs: 1000 }, ...setup, shared, slice });
    if (body !== undefined) await iterate(run, body);
    expect((await run).epochs).toHaveLength(epochs);
    expect(engine.steps).toHaveLength(epochs * BATCHES);
  });

  test('a pause before the loop hears of the run holds it, and the iteration misses nothing', async () => {
    const slice = Number.POSITIVE_INFINITY;
    const { run, engine } = await begin({ shared, slice });
    const seen: number[] = [];
    const iteration = iterate(run, (_run, epoch) => {
      seen.push(epoch);
      return epoch === 2;
    });
    await run.pause();
    expect(run.status).toBe('paused');
    expect(engine.steps).toHaveLength(0);
    run.resume();
    await iteration;
    expect(seen).toEqual([0, 1, 2]);
    expect((await run).epochs).toEqual([0, 1, 2]);
  });

  test('a stop in an iteration that began late takes effect at once', async () => {
    const { run, engine } = await begin({ changes: { epochs: 1000 }, shared });
    await new Promise<void>((resolve) => {
      engine.beforeStep = (step) => {
        if (step === 20 * BATCHES) resolve();
      };
    });
    // By then the loop knows of the iteration.
    await iterate(run, (_run, epoch) => epoch === 40);
    expect((await run).epochs).toHaveLength(41);
    expect(engine.steps).toHaveLength(41 * BATCHES);
  });
});

/** Body of an iteration; true leaves it. */
type Body = (run: Run, epoch: number) => boolean | void;

async function iterate(run: Run, body: Body): Promise<void> {
  for await (const { epoch } of run) if (body(run, epoch) === true) break;
}

const stopAt = (last: number, epoch: number, run: Run): void => {
  if (epoch === last) run.stop();
};
