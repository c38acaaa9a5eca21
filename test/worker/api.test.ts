import { expect, test } from 'vitest';
import { DataError, earlyStopping, StateError } from '../../ts/index.ts';
import { createApi } from '../../ts/worker/api.ts';
import { readMetadata } from '../../ts/worker/metadata.ts';
import type { Batch, FitListener, FitRequest, StreamReader } from '../../ts/worker/protocol.ts';
import { type FakeEngine, fakeEngine, notFinite } from '../support/fakeEngine.ts';
import {
  attend,
  finished,
  fitRequest,
  goOn,
  noStream,
  numbers,
  recorder,
} from '../support/fitRequest.ts';

function start(engine: FakeEngine = fakeEngine()) {
  const api = createApi(() => engine, 0);
  api.start({} as Parameters<typeof api.start>[0]);
  api.compile({ metrics: [{ type: 'mae' }] } as unknown as Parameters<typeof api.compile>[0]);
  return { api, engine };
}

/** An api on an engine that is loaded from what another one saved. */
function reload(bytes: Uint8Array) {
  const engine = fakeEngine(JSON.parse(new TextDecoder().decode(bytes)) as { weight: number });
  const api = createApi(() => engine, 0);
  api.start({} as Parameters<typeof api.start>[0]);
  return { api, engine };
}

const stream = (batches: readonly number[]): StreamReader => {
  let next = 0;
  return async (_stream, restart): Promise<Batch | null> => {
    if (restart) next = 0;
    const size = batches[next++];
    return size === undefined ? null : { inputs: [numbers(size)], targets: [numbers(size)] };
  };
};

test('an epoch covers all examples in batches, the last one shorter', async () => {
  const { api, engine } = start();
  const { events, listener } = recorder();
  const outcome = await api.fit(fitRequest(), listener, noStream);
  expect(engine.steps.slice(0, 4)).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]);
  expect(engine.steps).toHaveLength(8);
  expect(outcome).toEqual({ end: 'completed', bestEpoch: null });
  expect(finished(events)).toMatchObject([
    { record: { epoch: 0, logs: { loss: 4.5, mae: 4.5 } } },
    { record: { epoch: 1, logs: { loss: 4.5, mae: 4.5 } } },
  ]);
});

test('shuffled epochs follow one another across runs', async () => {
  const once = start();
  await once.api.fit(fitRequest({ shuffle: true, epochs: 4 }), () => goOn, noStream);
  const twice = start();
  await twice.api.fit(fitRequest({ shuffle: true, epochs: 2 }), () => goOn, noStream);
  await twice.api.fit(fitRequest({ shuffle: true, epochs: 2 }), () => goOn, noStream);
  expect(twice.engine.steps).toEqual(once.engine.steps);
});

test('a split measures the last examples and never trains on them', async () => {
  const { api, engine } = start();
  const { events, listener } = recorder();
  await api.fit(
    fitRequest({ validation: { kind: 'split', from: 8 }, epochs: 1 }),
    listener,
    noStream,
  );
  expect(engine.steps.flat()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(events.at(-1)).toMatchObject({
    epochs: [{ record: { logs: { loss: 3.5, valLoss: 8.5, valMae: 8.5 } } }],
  });
});

/** Every way of interrupting after `stopAt` batches and going on from the saved bytes. */
const interruptions = [1, 2, 3, 4, 5, 7, 8].map((stopAt) => ({ stopAt }));

test.each(interruptions)(
  'a run resumed after $stopAt batches takes the same steps',
  async ({ stopAt }) => {
    const request = (changes: Partial<FitRequest> = {}): FitRequest =>
      fitRequest({
        shuffle: true,
        epochs: 3,
        validation: { kind: 'batch', batch: { inputs: [numbers(4)], targets: [numbers(4)] } },
        ...changes,
      });
    const whole = start();
    const wholeEvents = recorder();
    await whole.api.fit(request(), wholeEvents.listener, noStream);

    const first = start();
    first.engine.beforeStep = (step) => {
      if (step === stopAt - 1) first.api.control('stop');
    };
    const outcome = await first.api.fit(request(), () => goOn, noStream);
    expect(outcome.end).toBe('stopped');
    expect(first.engine.steps).toHaveLength(stopAt);

    const second = reload(first.api.save('model', {}, true));
    const { events, listener } = recorder();
    await second.api.fit(request({ resume: true }), listener, noStream);
    expect([...first.engine.steps, ...second.engine.steps]).toEqual(whole.engine.steps);
    expect(second.engine.getWeights()).toEqual(whole.engine.getWeights());
    const epochs = (list: typeof events) =>
      list.flatMap((event) => {
        if (event.type === 'begin') return event.history.map(({ epoch }) => epoch);
        return finished([event]).map(({ record }) => record.epoch);
      });
    expect(epochs(events)).toEqual([0, 1, 2]);
    expect(epochs(wholeEvents.events)).toEqual([0, 1, 2]);
  },
);

test('resuming with other data or options is refused', async () => {
  const { api } = start();
  await api.fit(fitRequest(), () => goOn, noStream);
  const cases: readonly Partial<FitRequest>[] = [
    { data: { inputs: [numbers(9)], targets: [numbers(9)] } },
    { batchSize: 4 },
    { shuffle: true },
    { earlyStopping: [earlyStopping()] },
  ];
  for (const changes of cases) {
    await expect(
      api.fit(fitRequest({ resume: true, ...changes }), () => goOn, noStream),
    ).rejects.toThrow(/resume: expected the .+ of the interrupted run/);
  }
  const fresh = start();
  await expect(fresh.api.fit(fitRequest({ resume: true }), () => goOn, noStream)).rejects.toThrow(
    StateError,
  );
});

test('a finished run can be resumed for more epochs', async () => {
  const { api, engine } = start();
  await api.fit(fitRequest({ epochs: 1 }), () => goOn, noStream);
  await api.fit(fitRequest({ epochs: 3, resume: true }), () => goOn, noStream);
  expect(engine.steps).toHaveLength(12);
});

test('a paused run stands still until it is told to go on, and can be saved meanwhile', async () => {
  const { api, engine } = start();
  let paused: () => void = () => {};
  const standing = new Promise<void>((resolve) => {
    paused = resolve;
  });
  engine.beforeStep = (step) => {
    if (step === 1) api.control('pause');
  };
  const { listener } = recorder((event) => {
    if (event.type === 'paused') paused();
    return goOn;
  });
  const run = api.fit(fitRequest(), listener, noStream);
  await standing;
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(engine.steps).toHaveLength(2);
  const { metadata } = JSON.parse(new TextDecoder().decode(api.save('m', {}, true))) as {
    metadata: unknown;
  };
  expect(readMetadata({ metadata, metrics: ['loss', 'mae'] })).toMatchObject({
    training: { epoch: 0, batch: 2 },
  });
  api.control('run');
  await run;
  expect(engine.steps).toHaveLength(8);
});

const pair = (count: number): Batch => ({ inputs: [numbers(count)], targets: [numbers(count)] });

/** What may come while a run stands still, or between a run that was stopped and its resumption. */
const between: readonly {
  name: string;
  call: (api: ReturnType<typeof start>['api']) => unknown;
}[] = [
  { name: 'evaluate', call: (api) => api.evaluate(pair(3)) },
  { name: 'predict', call: (api) => api.predict([numbers(3)]) },
  { name: 'gradients', call: (api) => api.gradients(pair(3)) },
  { name: 'save', call: (api) => api.save('m', {}, true) },
];

test.each(between)('$name while a run is paused changes nothing of its epoch', async ({ call }) => {
  const { api, engine } = start();
  engine.beforeStep = (step) => {
    if (step === 1) api.control('pause');
  };
  const { events, listener } = recorder(async ({ type }) => {
    if (type === 'paused') {
      await call(api);
      api.control('run');
    }
    return goOn;
  });
  await api.fit(fitRequest(), listener, noStream);
  expect(finished(events).map(({ record }) => record.logs.loss)).toEqual([4.5, 4.5]);
});

test.each(between)('$name between a stop and its resumption changes nothing', async ({ call }) => {
  const { api, engine } = start();
  engine.beforeStep = (step) => {
    if (step === 1) api.control('stop');
  };
  await api.fit(fitRequest(), () => goOn, noStream);
  expect(engine.steps).toHaveLength(2);
  await call(api);
  const { events, listener } = recorder();
  await api.fit(fitRequest({ resume: true }), listener, noStream);
  expect(finished(events).map(({ record }) => record.logs.loss)).toEqual([4.5, 4.5]);
});

/** Ways in which a run can be refused, or fail before its first batch is trained. */
const refusals: readonly {
  name: string;
  changes?: Partial<FitRequest>;
  before?: (engine: FakeEngine) => void;
  listener?: FitListener;
}[] = [
  {
    name: 'whose data are refused',
    before: (engine) => {
      engine.beforeCheck = () => {
        throw new DataError('y[3]: expected a class number');
      };
    },
  },
  {
    name: 'whose first batch fails',
    before: (engine) => {
      engine.beforeStep = () => {
        throw notFinite();
      };
    },
  },
  {
    name: 'whose options are refused',
    changes: { resume: true, batchSize: 7 },
  },
  {
    name: 'that is aborted before its first batch',
    listener: () => ({ command: 'abort', attended: true }),
  },
];

test.each(refusals)(
  'a run $name changes nothing: the one before it can go on',
  async ({ changes, before, listener = () => goOn }) => {
    const { api, engine } = start();
    const stopping = [earlyStopping({ monitor: 'loss', patience: 9, restoreBestWeights: true })];
    const request = (more: Partial<FitRequest> = {}) =>
      fitRequest({ shuffle: true, earlyStopping: stopping, epochs: 3, ...more });
    engine.beforeStep = (step) => {
      if (step === 5) api.control('stop');
    };
    await api.fit(request(), () => goOn, noStream);
    engine.beforeStep = () => {};
    const saved = api.save('m', {}, true);
    const { meters } = engine;

    before?.(engine);
    await api.fit(request({ shuffle: false, ...changes }), listener, noStream).catch(() => {});
    engine.beforeStep = () => {};
    engine.beforeCheck = () => {};
    expect(api.save('m', {}, true)).toEqual(saved);
    expect(engine.meters).toEqual(meters);

    const { events, listener: record } = recorder();
    await api.fit(request({ resume: true }), record, noStream);
    expect(finished(events).map(({ record: { epoch, logs } }) => [epoch, logs.loss])).toEqual([
      [1, 4.5],
      [2, 4.5],
    ]);
  },
);

test('meters are given back, whatever ends a call', async () => {
  const { api, engine } = start();
  await api.fit(fitRequest(), () => goOn, noStream);
  const after = engine.meters;
  await api.fit(fitRequest({ validation: { kind: 'split', from: 8 } }), () => goOn, noStream);
  await api.evaluate(pair(600));
  await api.trainOnBatch(pair(3));
  engine.beforeStep = () => {
    throw notFinite();
  };
  await expect(api.trainOnBatch(pair(3))).rejects.toThrow();
  expect(engine.meters).toHaveLength(after.length);
});

test('weights that an earlier run kept are not brought back by a later one', async () => {
  const { api, engine } = start();
  const restoring = (more: Partial<Parameters<typeof earlyStopping>[0]> = {}) => [
    earlyStopping({ monitor: 'loss', restoreBestWeights: true, ...more }),
  ];
  await api.fit(fitRequest({ earlyStopping: restoring() }), () => goOn, noStream);
  const first = engine.getWeights();
  const late = restoring({ startFromEpoch: 50 });
  const outcome = await api.fit(fitRequest({ earlyStopping: late }), () => goOn, noStream);
  expect(outcome).toEqual({ end: 'completed', bestEpoch: null });
  expect(engine.getWeights()).not.toEqual(first);
  expect(engine.restoreBest()).toBe(false);
});

test.each(['pause', 'stop', 'abort'] as const)(
  'a batch that does not come keeps no %s waiting',
  async (command) => {
    const { api } = start();
    const { data: _, ...request } = fitRequest({ epochs: 1 });
    let give: (batch: Batch | null) => void = () => {};
    const read: StreamReader = () => new Promise((resolve) => (give = resolve));
    const { events, listener } = recorder(({ type }) => {
      if (type === 'begin') setImmediate(() => api.control(command));
      if (type === 'paused') {
        api.control('run');
        give(null);
      }
      return goOn;
    });
    const run = api.fit(request, listener, read);
    if (command === 'pause') {
      await expect(run).rejects.toThrow(/no batches/);
      expect(events.map(({ type }) => type)).toContain('paused');
    } else expect((await run).end).toBe(command === 'stop' ? 'stopped' : 'aborted');
  },
);

test('a command in shared memory is seen after the batch that is being computed', async () => {
  const { api, engine } = start();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  engine.beforeStep = (step) => {
    if (step === 2) Atomics.store(flag, 0, 2);
  };
  const outcome = await api.fit(fitRequest({ flag }), () => goOn, noStream);
  expect(outcome.end).toBe('stopped');
  expect(engine.steps).toHaveLength(3);
});

test('an answer of the listener stops the run', async () => {
  const { api, engine } = start();
  const { listener } = recorder((event) =>
    event.type === 'epochs' ? { ...attend, command: 'stop' } : attend,
  );
  const outcome = await api.fit(fitRequest({ epochs: 5 }), listener, noStream);
  expect(outcome.end).toBe('stopped');
  expect(engine.steps).toHaveLength(4);
});

test('while a run goes on, what would disturb it is refused', async () => {
  const { api } = start();
  const run = api.fit(fitRequest(), () => goOn, noStream);
  await expect(api.fit(fitRequest(), () => goOn, noStream)).rejects.toThrow(StateError);
  expect(() => api.trainOnBatch({ inputs: [], targets: [] })).toThrow(StateError);
  expect(() => api.compile({ metrics: [] } as never)).toThrow(StateError);
  await run;
});

test('early stopping ends the run and brings the best weights back', async () => {
  const { api, engine } = start();
  const options = earlyStopping({ monitor: 'loss', patience: 1, restoreBestWeights: true });
  const outcome = await api.fit(
    fitRequest({ epochs: 9, earlyStopping: [options] }),
    () => goOn,
    noStream,
  );
  expect(outcome).toEqual({ end: 'earlyStopping', bestEpoch: 0 });
  expect(engine.steps).toHaveLength(8);
  expect([...engine.getWeights()]).toEqual(engine.kept);
});

test('an error of the engine ends the run; the data are let go', async () => {
  const { api, engine } = start();
  engine.beforeStep = (step) => {
    if (step === 5) throw notFinite();
  };
  const { events, listener } = recorder();
  await expect(api.fit(fitRequest(), listener, noStream)).rejects.toMatchObject({
    name: 'NonFiniteError',
    layer: 'lstm',
  });
  expect(finished(events)).toHaveLength(1);
  expect(engine.size(0)).toBe(0);
  engine.beforeStep = () => {};
  await api.fit(fitRequest(), () => goOn, noStream);
});

test('a stream gives batches of its own sizes, anew in each epoch', async () => {
  const { api, engine } = start();
  const { data: _, ...request } = fitRequest({ epochs: 2 });
  await api.fit(request, () => goOn, stream([2, 3]));
  expect(engine.steps.map((step) => step.length)).toEqual([2, 3, 2, 3]);
});

test('stepsPerEpoch cuts a stream that goes on', async () => {
  const { api, engine } = start();
  const { data: _, ...request } = fitRequest({ epochs: 3, stepsPerEpoch: 2 });
  await api.fit(request, () => goOn, stream([1, 2, 3, 4, 5, 6, 7]));
  expect(engine.steps.map((step) => step.length)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a stream is read one batch ahead and no further', async () => {
  const { api, engine } = start();
  const { data: _, ...request } = fitRequest({ epochs: 1 });
  let given = 0;
  let most = 0;
  engine.beforeStep = (step) => {
    most = Math.max(most, given - step);
  };
  const read = stream([1, 1, 1, 1, 1, 1]);
  await api.fit(
    request,
    () => goOn,
    (...args) => {
      given += 1;
      return read(...args);
    },
  );
  expect(engine.steps).toHaveLength(6);
  expect(most).toBe(2);
});

test('a stream without batches, or with too few, is an error', async () => {
  const { data: _, ...request } = fitRequest({ epochs: 1 });
  await expect(start().api.fit(request, () => goOn, stream([]))).rejects.toThrow(
    /no batches in epoch 0/,
  );
  await expect(
    start().api.fit({ ...request, stepsPerEpoch: 3 }, () => goOn, stream([1, 1])),
  ).rejects.toThrow(/ended after 2 batches: expected stepsPerEpoch, 3/);
});

test('a streamed run resumed in the middle of an epoch takes the same steps', async () => {
  const { data: _, ...request } = fitRequest({ epochs: 2 });
  const sizes = [1, 2, 3, 4];
  const first = start();
  first.engine.beforeStep = (step) => {
    if (step === 5) first.api.control('stop');
  };
  await first.api.fit(request, () => goOn, stream(sizes));
  const second = reload(first.api.save('m', {}, true));
  await second.api.fit({ ...request, resume: true }, () => goOn, stream(sizes));
  expect([...first.engine.steps, ...second.engine.steps].map((step) => step.length)).toEqual([
    ...sizes,
    ...sizes,
  ]);
});

test('progress is told at most once in the interval', async () => {
  const { api } = start();
  const all = recorder();
  await api.fit(fitRequest({ progressInterval: 0 }), all.listener, noStream);
  const told = all.events.filter(({ type }) => type === 'progress');
  expect(told.length).toBeGreaterThan(1);
  expect(told[0]).toMatchObject({ epoch: 0, batch: 1, batches: 4, logs: { loss: 1, mae: 1 } });
  const few = recorder();
  await api.fit(fitRequest({ progressInterval: 60_000, epochs: 50 }), few.listener, noStream);
  expect(few.events.filter(({ type }) => type === 'progress')).toHaveLength(1);
  const none = recorder();
  await api.fit(fitRequest(), none.listener, noStream);
  expect(none.events.filter(({ type }) => type === 'progress')).toHaveLength(0);
});

test('a prediction of many examples is put together in their order', async () => {
  const { api } = start();
  const { data, shape } = await api.predict([numbers(600)]);
  expect(shape).toEqual([600, 1]);
  expect([...data]).toEqual(Array.from({ length: 600 }, (_, i) => 2 * i));
});
