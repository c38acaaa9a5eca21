import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type FitOptions,
  init,
  isAbortError,
  isDataError,
  isDisposedError,
  isEngineCrashError,
  isNonFiniteError,
  isShapeError,
  layers,
  optimizers,
  sequential,
} from '../../ts/index.ts';
import workerCode from '../../ts/generated/worker-code.ts';
import { keeper } from '../support/models.ts';
import { waves } from '../support/series.ts';

const keep = keeper();
const { x, y } = waves(200, 30);
const long: FitOptions = { epochs: 100_000 };

function build(thread: 'worker' | 'main' = 'worker') {
  const model = sequential([layers.lstm(16), layers.dense(1)], { inputShape: [null, 1], thread });
  return keep(model.compile({ loss: 'mse', optimizer: 'adam' }));
}

describe.each(['worker', 'main'] as const)('on thread %s', (thread) => {
  test('a run is paused, saved, gone on with and stopped while it computes', async () => {
    const model = build(thread);
    const run = model.fit(x, y, long);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await run.pause();
    expect(run.status).toBe('paused');
    const weights = await model.getWeights();
    expect((await model.toBytes()).length).toBeGreaterThan(1000);
    expect(await model.getWeights()).toEqual(weights);
    expect((await model.predict(x)).shape).toEqual([200, 1]);
    expect((await model.evaluate(x, y)).loss).toBeGreaterThan(0);
    const before = run.history.loss?.length ?? 0;
    run.resume();
    const epochs = run[Symbol.asyncIterator]();
    // Those before the pause come first, then one that may have had all its batches.
    for (let i = 0; i < before + 2; i++) await epochs.next();
    run.stop();
    expect((await run).end).toBe('stopped');
    expect(await model.getWeights()).not.toEqual(weights);
  });

  test('an abort ends the run while it computes; the model goes on', async () => {
    const model = build(thread);
    const controller = new AbortController();
    const run = model.fit(x, y, { ...long, signal: controller.signal });
    setTimeout(() => controller.abort(), 30);
    await expect(run).rejects.toSatisfy(isAbortError);
    expect((await model.fit(x, y, { epochs: 1 })).end).toBe('completed');
  });

  test('predict and evaluate can be aborted; the engine is free at once', async () => {
    const model = build(thread);
    await model.predict(x);
    const many = waves(20_000, 60);
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [model.predict(many.x, { signal }), model.evaluate(many.x, many.y, { signal })];
    const settled = Promise.allSettled(calls);
    setTimeout(() => controller.abort('enough'), 5);
    for (const result of await settled) {
      expect(result).toMatchObject({ reason: { name: 'AbortError', cause: 'enough' } });
    }
    await expect(model.predict(x, { signal })).rejects.toSatisfy(isAbortError);
    expect((await model.predict(x)).shape).toEqual([200, 1]);
  });

  test('disposing rejects what is pending and everything later; twice is once', async () => {
    const model = build(thread);
    const run = model.fit(x, y, long);
    const pending = [run, model.predict(x)];
    const failures = Promise.allSettled(pending);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await Promise.all([model.dispose(), model.dispose()]);
    await model.dispose();
    expect((await failures)[0]).toMatchObject({
      status: 'rejected',
      reason: { name: 'DisposedError' },
    });
    await expect(model.predict(x)).rejects.toSatisfy(isDisposedError);
    expect((await build(thread).fit(x, y)).epochs).toEqual([0]);
  });

  test('a loss that is not finite ends the run and says where; the history stays', async () => {
    const model = keep(
      sequential([layers.simpleRNN(8, { activation: 'relu', name: 'growing' }), layers.dense(1)], {
        inputShape: [null, 1],
        seed: 1,
        thread,
      }),
    );
    model.compile({ loss: 'mse', optimizer: optimizers.sgd({ learningRate: 1e4 }) });
    const run = model.fit(x, y, { epochs: 50 });
    const error: unknown = await run.catch((caught: unknown) => caught);
    expect(error).toSatisfy(isNonFiniteError);
    expect(error).toMatchObject({ layer: expect.any(String), what: expect.any(String) });
    expect((error as Error).message).toMatch(
      /NaN or infinite [^;]*; try a smaller learningRate, globalClipnorm [^;]*$/,
    );
    expect(run.history.loss.length).toBeLessThan(50);
    expect(run.status).toBe('failed');
  });
});

describe('when the worker dies', () => {
  const workers: Worker[] = [];
  beforeAll(() => {
    init({
      worker: () => {
        const worker = new Worker(
          new URL(`data:text/javascript,${encodeURIComponent(workerCode)}`),
        );
        workers.push(worker);
        return worker;
      },
    });
    return () => init({});
  });
  afterEach(() => {
    workers.length = 0;
  });

  test('everything pending rejects, later calls say so, and the next model works', async () => {
    const model = build();
    const run = model.fit(x, y, long);
    const failed = Promise.allSettled([run, model.predict(x), model.getWeights()]);
    await run[Symbol.asyncIterator]().next();
    await workers[0]?.terminate();
    const [first] = await failed;
    expect(first).toMatchObject({ status: 'rejected', reason: { name: 'EngineCrashError' } });
    const error: unknown = await model.predict(x).catch((caught: unknown) => caught);
    expect(error).toSatisfy(isEngineCrashError);
    expect((error as Error).message).toMatch(/build or load the model again/);
    await model.dispose();
    expect((await build().fit(x, y)).epochs).toEqual([0]);
    expect(workers).toHaveLength(2);
  });
});

test('a model that was never compiled says what to do', async () => {
  const model = keep(sequential([layers.dense(1)], { inputShape: [1] }));
  expect(() => model.fit([1], [1])).toThrow('fit: call compile first');
  await expect(model.evaluate([1], [1])).rejects.toThrow('evaluate: call compile first');
  expect((await model.predict([1, 2])).shape).toEqual([2, 1]);
});

test('two runs at once are refused, and so is compiling during one', async () => {
  const model = build();
  const run = model.fit(x, y, long);
  expect(() => model.fit(x, y)).toThrow('a run is under way');
  expect(() => model.compile({ loss: 'mae' })).toThrow('a run is under way');
  run.stop();
  await run;
  model.compile({ loss: 'mae' });
  expect((await model.fit(x, y)).end).toBe('completed');
});

const wrong = [
  {
    name: 'features',
    x: [[[1, 2]]],
    y: [1],
    is: isShapeError,
    message: 'x[0][0]: expected 1 features, got 2',
  },
  {
    name: 'targets',
    x: [[1]],
    y: [[1, 2]],
    is: isShapeError,
    message: 'y[0]: expected 1 features, got 2',
  },
  {
    name: 'counts',
    x: [[1], [2]],
    y: [1],
    is: isShapeError,
    message: 'y: expected 2 examples, as many as x has, got 1',
  },
  {
    name: 'values',
    x: [[Number.NaN]],
    y: [1],
    is: isDataError,
    message: 'x[0][0]: expected a finite number, got NaN',
  },
] as const;

test.each(wrong)(
  'wrong $name reject the run, saying where',
  async ({ x: inputs, y: targets, is, message }) => {
    const model = build();
    const error: unknown = await model
      .fit(inputs as never, targets as never)
      .catch((caught: unknown) => caught);
    expect(error).toSatisfy(is);
    expect((error as Error).message).toContain(message);
  },
);

test('memory stays flat over epochs, runs and calls', async () => {
  const model = build();
  const use = async (times: number) => {
    await model.fit(x, y, { epochs: 10 * times, validationSplit: 0.2 });
    for (let i = 0; i < 10 * times; i++) {
      await model.predict(x);
      await model.evaluate(x, y);
      await model.gradients(x, y);
      await model.toBytes();
      await model.setWeights(await model.getWeights());
    }
    const { memoryBytes, instanceBytes } = await model.describe();
    return { memoryBytes, instanceBytes };
  };
  const before = await use(1);
  expect(await use(3)).toEqual(before);
});

test('the summary counts as the engine does', async () => {
  const model = keep(
    sequential(
      [
        layers.simpleRNN(3, { returnSequences: true, useBias: false }),
        layers.gru(4, { returnSequences: true, resetAfter: false }),
        layers.gru(4, { returnSequences: true }),
        layers.dropout(0.1),
        layers.lstm(5, { returnSequences: true }),
        layers.activation('relu'),
        layers.flatten(),
        layers.dense(2),
      ],
      { inputShape: [6, 3] },
    ),
  );
  const { layers: engine, weights } = await model.describe();
  for (const { name, parameters, outputShape } of engine) {
    const row = model
      .summary()
      .split('\n')
      .find((line) => line.startsWith(`${name} (`));
    expect(row).toContain(`(${outputShape.map((size) => size ?? 'None').join(', ')})`);
    expect(row).toMatch(new RegExp(` ${parameters}$`));
  }
  expect((await model.getWeights()).map(({ name, shape }) => ({ name, shape }))).toEqual(weights);
});

test('fast arithmetic computes the same up to rounding', async () => {
  const list = [layers.gru(6), layers.dense(1)];
  const options = { inputShape: [null, 1], seed: 8 } as const;
  const exact = keep(sequential(list, options));
  const fast = keep(sequential(list, { ...options, arithmetic: 'fast' }));
  const [a, b] = [await exact.predict(x), await fast.predict(x)];
  a.data.forEach((value, i) => expect(b.data[i]).toBeCloseTo(value, 5));
});
