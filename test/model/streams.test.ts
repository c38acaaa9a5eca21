import { expect, test } from 'vitest';
import { isAbortError, layers, sequential, type Tensor, tensor } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';
import { waves } from '../support/series.ts';

const keep = keeper();
const { x, y } = waves(70, 8);

const build = () =>
  keep(
    sequential([layers.gru(5), layers.dense(1)], { inputShape: [null, 1], seed: 4 }).compile({
      loss: 'mse',
      optimizer: 'adam',
      metrics: ['mae'],
    }),
  );

/** The same batches as `fit` makes of arrays, one after the other. */
function* batches(size: number): Generator<[Tensor<3>, Tensor<2>]> {
  for (let start = 0; start < 70; start += size) {
    const count = Math.min(size, 70 - start);
    yield [
      tensor(x.data.slice(start * 8, (start + count) * 8), [count, 8, 1]),
      tensor(y.data.slice(start, start + count), [count, 1]),
    ];
  }
}

async function* slowly(size: number) {
  for (const batch of batches(size)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield batch;
  }
}

const validation = [x, y] as const;

test.each([
  { name: 'a function of a generator', source: () => batches(32) },
  { name: 'a function of an async generator', source: () => slowly(32) },
  { name: 'an array of batches', source: [...batches(32)] },
])('$name trains to the same bits as arrays', async ({ source }) => {
  const arrays = build();
  const expected = await arrays.fit(x, y, {
    epochs: 3,
    shuffle: false,
    validationData: validation,
  });
  const streamed = build();
  const result = await streamed.fit(source, {
    epochs: 3,
    shuffle: false,
    validationData: validation,
  });
  expect(result).toEqual(expected);
  expect(await streamed.getWeights()).toEqual(await arrays.getWeights());
});

test('validation batches can be streamed too', async () => {
  const arrays = build();
  const expected = await arrays.fit(x, y, { epochs: 2, validationData: validation });
  const streamed = build();
  const { history } = await streamed.fit(x, y, { epochs: 2, validationData: () => slowly(20) });
  history.valLoss?.forEach((loss, i) =>
    expect(loss).toBeCloseTo(expected.history.valLoss?.[i] ?? Number.NaN, 6),
  );
  expect(history.valMae).toHaveLength(2);
});

test.each([
  { name: 'a function of a generator', source: () => batches(20) },
  { name: 'an async generator', source: slowly(32) },
  { name: 'an array of batches', source: [...batches(70)] },
])('evaluate measures $name as it measures arrays', async ({ source }) => {
  const model = build();
  const expected = await model.evaluate(x, y);
  const measured = await model.evaluate(source);
  expect(Object.keys(measured)).toEqual(['loss', 'mae']);
  expect(measured.loss).toBeCloseTo(expected.loss, 6);
  expect(measured.mae).toBeCloseTo(expected.mae ?? Number.NaN, 6);
});

test('a stream that is aborted while evaluate waits for it is closed; the model goes on', async () => {
  const controller = new AbortController();
  let closed = false;
  async function* aborting(): AsyncGenerator<[Tensor<3>, Tensor<2>]> {
    try {
      yield [x, y];
      controller.abort();
      await Promise.resolve();
      yield [x, y];
    } finally {
      closed = true;
    }
  }
  const model = build();
  const measured = model.evaluate(aborting, { signal: controller.signal });
  await expect(measured).rejects.toSatisfy(isAbortError);
  expect((await model.evaluate(x, y)).loss).toBeGreaterThan(0);
  expect(closed).toBe(true);
});

test('a stream is not begun after its call was aborted', async () => {
  let begun = false;
  function* late(): Generator<[Tensor<3>, Tensor<2>]> {
    begun = true;
    yield [x, y];
  }
  const model = build();
  const controller = new AbortController();
  // The engine is not up yet: it asks for the first batch when the call is long over.
  const measured = model.evaluate(late, { signal: controller.signal });
  controller.abort();
  await expect(measured).rejects.toSatisfy(isAbortError);
  expect((await model.evaluate(x, y)).loss).toBeGreaterThan(0);
  expect(begun).toBe(false);
});

test('an empty stream, and arrays without targets, are refused', async () => {
  const model = build();
  await expect(model.evaluate(() => [])).rejects.toThrow('evaluate: the stream gave no batches');
  await expect(model.evaluate(x as never)).rejects.toThrow(
    'evaluate: expected x and y, or a stream of batches [x, y]',
  );
  await expect(model.fit(x, y, { validationData: () => [] as never })).rejects.toThrow(
    'validation: the stream gave no batches',
  );
});

test('a generator that is read once feeds several epochs with stepsPerEpoch', async () => {
  const model = build();
  const { history } = await model.fit(slowly(10), { epochs: 3, stepsPerEpoch: 2 });
  expect(history.loss).toHaveLength(3);
  await expect(build().fit(batches(32), { epochs: 2 })).rejects.toThrow('no batches in epoch 1');
});

test('a source is not asked for more than one batch ahead, and is closed when the run stops', async () => {
  let given = 0;
  let closed = false;
  function* endless(): Generator<[Tensor<3>, Tensor<2>]> {
    try {
      for (;;) {
        given += 1;
        yield [x, y];
      }
    } finally {
      closed = true;
    }
  }
  const model = build();
  let most = 0;
  const run = model.fit(endless(), {
    stepsPerEpoch: 1000,
    progressInterval: 0,
    onBatchEnd: ({ batch }) => {
      most = Math.max(most, given - batch);
      if (batch > 20) run.stop();
    },
  });
  expect((await run).end).toBe('stopped');
  expect(closed).toBe(true);
  expect(most).toBeLessThanOrEqual(5);
});

test('stopping does not wait for a source that hangs', async () => {
  async function* hanging(): AsyncGenerator<[Tensor<3>, Tensor<2>]> {
    yield [x, y];
    await new Promise(() => {});
  }
  const run = build().fit(() => hanging());
  setTimeout(() => run.stop(), 20);
  expect((await run).end).toBe('stopped');
});

test('an error in a source rejects the run with its message', async () => {
  async function* failing(): AsyncGenerator<[Tensor<3>, Tensor<2>]> {
    yield [x, y];
    throw new Error('the disk is gone');
  }
  await expect(build().fit(() => failing())).rejects.toThrow('the disk is gone');
});

test.each([
  {
    name: 'a wrong shape',
    batch: [[[[1, 2]]], [1]],
    message: 'batch: x[0][0]: expected 1 features, got 2',
  },
  { name: 'no pair', batch: [1], message: 'batch: expected [x, y], got [1]' },
])('$name in a stream is refused', async ({ batch, message }) => {
  await expect(build().fit([batch] as never)).rejects.toThrow(message);
});

test('the caller keeps its arrays', async () => {
  const mine = Float32Array.from(x.data);
  const model = build();
  const own = tensor(mine, [70, 8, 1]);
  await model.fit(own, y);
  await model.predict(own);
  expect(mine).toEqual(x.data);
});

test('a view of a larger buffer and shared memory cross as they are', async () => {
  const larger = new Float32Array(x.data.length + 10);
  larger.set(x.data, 5);
  const shared = new Float32Array(new SharedArrayBuffer(4 * x.data.length));
  shared.set(x.data);
  const model = build();
  const expected = (await model.predict(x)).data;
  expect((await model.predict(tensor(larger.subarray(5, -5), [70, 8, 1]))).data).toEqual(expected);
  expect((await model.predict(tensor(shared, [70, 8, 1]))).data).toEqual(expected);
});
