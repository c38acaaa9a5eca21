import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import {
  type Destination,
  earlyStopping,
  type FitOptions,
  fromBytes,
  isCheckpointError,
  isStateError,
  layers,
  load,
  optimizers,
  scalers,
  schedules,
  sequential,
} from '../../ts/index.ts';
import { keeper } from '../support/models.ts';
import { waves } from '../support/series.ts';

const keep = keeper();
const folder = mkdtempSync(join(tmpdir(), 'unrolled-'));
afterAll(() => rmSync(folder, { recursive: true }));
const { x, y } = waves(90, 12);
const validation = waves(20, 12, 2);

const build = () => {
  const model = sequential(
    [
      layers.gru(6, { returnSequences: true, dropout: 0.2, recurrentDropout: 0.2 }),
      layers.lstm(5),
      layers.dense(1),
    ],
    { inputShape: [null, 1], seed: 21 },
  );
  model.compile({
    loss: 'mse',
    optimizer: optimizers.adam({
      learningRate: schedules.exponential({ initial: 0.02, decaySteps: 10, decayRate: 0.9 }),
      globalClipnorm: 1,
    }),
    metrics: ['mae'],
  });
  return keep(model);
};

const options = (): FitOptions<typeof x, typeof y> => ({
  epochs: 5,
  batchSize: 16,
  validationData: [validation.x, validation.y],
  callbacks: [earlyStopping({ patience: 3, restoreBestWeights: true })],
});

async function uninterrupted() {
  const model = build();
  const result = await model.fit(x, y, options());
  return { result, bytes: await model.toBytes() };
}

describe('a run that was interrupted and resumed has the same bits', () => {
  const whole = uninterrupted();
  const epoch = Math.ceil(90 / 16);

  test.each([1, 4, epoch, epoch + 1, 2 * epoch + 3, 4 * epoch + 5])(
    'stopped after about %i batches',
    async (batches) => {
      const model = build();
      let seen = 0;
      const run = model.fit(x, y, {
        ...options(),
        progressInterval: 0,
        onBatchEnd: (progress) => {
          seen = progress.epoch * epoch + progress.batch;
          if (seen >= batches) run.stop();
        },
      });
      await run;
      const resumed = keep(await fromBytes(await model.toBytes()));
      const result = await resumed.fit(x, y, { ...options(), resume: true });
      expect(result).toEqual((await whole).result);
      expect(await resumed.toBytes()).toEqual((await whole).bytes);
    },
  );

  test('saved while it stood still, and while it went on', async () => {
    const model = build();
    const run = model.fit(x, y, options());
    await run[Symbol.asyncIterator]().next();
    const going = model.toBytes();
    await run.pause();
    const standing = model.toBytes();
    const saved = await Promise.all([going, standing]);
    run.resume();
    expect(await run).toEqual((await whole).result);
    for (const bytes of saved) {
      const resumed = keep(await fromBytes(bytes));
      expect(await resumed.fit(x, y, { ...options(), resume: true })).toEqual((await whole).result);
      expect(await resumed.toBytes()).toEqual((await whole).bytes);
    }
  });

  test('after an abort', async () => {
    const model = build();
    const controller = new AbortController();
    const run = model.fit(x, y, {
      ...options(),
      signal: controller.signal,
      onEpochEnd: (logs) => (logs.epoch === 1 ? controller.abort() : undefined),
    });
    await expect(run).rejects.toThrow('aborted');
    const resumed = keep(await fromBytes(await model.toBytes()));
    await resumed.fit(x, y, { ...options(), resume: true });
    expect(await resumed.toBytes()).toEqual((await whole).bytes);
  });
});

test('a file is one safetensors file that gives the model back', async () => {
  const model = build();
  await model.fit(x, y, { epochs: 1 });
  const path = join(folder, 'model.safetensors');
  model.metadata.scaler = scalers.standard().fit([1, 2, 3]).toJSON();
  await model.save(path);
  await model.save(pathToFileURL(path));
  expect(readdirSync(folder)).toEqual(['model.safetensors']);

  const bytes = readFileSync(path);
  const header = JSON.parse(
    bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString(),
  ) as Record<string, unknown>;
  expect(Object.keys(header)).toEqual(
    expect.arrayContaining(['__metadata__', 'gru/kernel', 'dense/bias']),
  );

  const loaded = keep(await load(path));
  expect(loaded.spec.nodes.map(({ name }) => name)).toEqual(
    model.spec.nodes.map(({ name }) => name),
  );
  expect(loaded.summary()).toBe(model.summary());
  expect(loaded.metadata).toEqual(model.metadata);
  expect((await loaded.predict(x)).data).toEqual((await model.predict(x)).data);
  expect(await loaded.evaluate(x, y)).toEqual(await model.evaluate(x, y));
  // Training goes on as in the model that was saved: the optimizer came along.
  expect((await loaded.fit(x, y)).history).toEqual((await model.fit(x, y)).history);
});

test('without the optimizer a file is smaller and still predicts', async () => {
  const model = build();
  await model.fit(x, y);
  const [whole, small] = [await model.toBytes(), await model.toBytes({ includeOptimizer: false })];
  expect(small.length).toBeLessThan(whole.length / 2);
  const loaded = keep(await fromBytes(small));
  expect((await loaded.predict(x)).data).toEqual((await model.predict(x)).data);
  await expect(loaded.compile({ loss: 'mse' }).fit(x, y, { resume: true })).rejects.toSatisfy(
    isStateError,
  );
});

test('a failed write leaves the old file and no other', async () => {
  const model = build();
  const missing = join(folder, 'no', 'such', 'folder', 'model');
  await expect(model.save(missing)).rejects.toMatchObject({
    name: 'StorageError',
    cause: { code: 'ENOENT' },
  });
  const custom: Destination & { bytes?: Uint8Array } = {
    async write(bytes) {
      this.bytes = bytes;
    },
  };
  await model.save(custom);
  expect(custom.bytes).toEqual(await model.toBytes());
});

test('bytes that are not a model are refused', async () => {
  const model = build();
  const bytes = await model.toBytes();
  const broken: readonly Uint8Array[] = [
    new Uint8Array(),
    new Uint8Array(100),
    new TextEncoder().encode('date,value\n2020-01-01,3\n'),
    bytes.subarray(0, bytes.length - 1),
    bytes.subarray(0, 40),
  ];
  for (const wrong of broken) await expect(fromBytes(wrong)).rejects.toSatisfy(isCheckpointError);
  const path = join(folder, 'broken');
  writeFileSync(path, 'nothing');
  await expect(load(path)).rejects.toSatisfy(isCheckpointError);
  await expect(load(join(folder, 'missing'))).rejects.toMatchObject({
    name: 'StorageError',
    cause: { code: 'ENOENT' },
  });
});

test('weights go out and in as Keras orders and shapes them', async () => {
  const model = build();
  const weights = await model.getWeights();
  expect(weights.map(({ name, shape }) => [name, shape])).toEqual([
    ['gru/kernel', [1, 18]],
    ['gru/recurrent_kernel', [6, 18]],
    ['gru/bias', [2, 18]],
    ['lstm/kernel', [6, 20]],
    ['lstm/recurrent_kernel', [5, 20]],
    ['lstm/bias', [20]],
    ['dense/kernel', [5, 1]],
    ['dense/bias', [1]],
  ]);
  // Forget gates start at one: gates in the order i f g o.
  expect([...(weights[5]?.data ?? [])]).toEqual([
    0,
    0,
    0,
    0,
    0,
    1,
    1,
    1,
    1,
    1,
    ...new Array<number>(10).fill(0),
  ]);
  const other = build();
  const changed = weights.map(({ data }) => data.map((value) => value / 2 + 0.01));
  await other.setWeights(changed);
  expect((await other.getWeights()).map(({ data }) => data)).toEqual(changed);
  await other.setWeights(weights.map((weight) => weight.toArray()) as number[][][] as never);
  expect((await other.predict(x)).data).toEqual((await model.predict(x)).data);
});

const wrongWeights = [
  {
    name: 'too few',
    change: (list: unknown[]) => list.slice(1),
    message: 'expected 2 weights (dense/kernel, dense/bias), got 1',
  },
  {
    name: 'another shape',
    change: ([, bias]: unknown[]) => [[[1, 2]], bias],
    message: 'setWeights: dense/kernel: expected shape [2, 1], got 1 values',
  },
  {
    name: 'a wrong row',
    change: ([, bias]: unknown[]) => [[[1], [2, 3]], bias],
    message: 'setWeights: dense/kernel[1]: expected shape [1], got 2 values',
  },
  {
    name: 'NaN',
    change: ([, bias]: unknown[]) => [[[1], [Number.NaN]], bias],
    message: 'setWeights: dense/kernel[1][0]: expected a finite number, got NaN',
  },
] as const;

test.each(wrongWeights)('weights are refused: $name', async ({ change, message }) => {
  const model = keep(sequential([layers.dense(1)], { inputShape: [2] }));
  const weights = await model.getWeights();
  await expect(model.setWeights(change(weights) as never)).rejects.toThrow(message);
});

test('a learning rate can be read and set', async () => {
  const model = build();
  expect(await model.getLearningRate()).toBeCloseTo(0.02, 7);
  await model.setLearningRate(0.005);
  await model.fit(x, y);
  expect(await model.getLearningRate()).toBeCloseTo(0.005, 7);
});
