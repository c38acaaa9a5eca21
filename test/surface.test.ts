import { describe, expect, test } from 'vitest';
import * as datasets from '../ts/datasets/index.ts';
import * as forecasting from '../ts/forecast/index.ts';
import {
  constraints,
  earlyStopping,
  encoders,
  fromBytes,
  init,
  initializers,
  layers,
  type Model,
  load,
  losses,
  metrics,
  optimizers,
  regularizers,
  scalers,
  schedules,
  sequential,
  storage,
  tensor,
  UnrolledError,
} from '../ts/index.ts';
import * as tables from '../ts/table/index.ts';
import { keeper } from './support/models.ts';

const keep = keeper();

/** Calls as JavaScript makes them, without types. */
type Call = (value: never) => unknown;

const cyclic: unknown[] = [];
cyclic.push(cyclic);
/** Gives itself for every property. */
const endless: unknown = new Proxy(() => {}, {
  get: (_, key) => (key === 'then' || typeof key === 'symbol' ? undefined : endless),
});

/** What may come where something else was expected. */
const values: readonly (readonly [name: string, value: unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['zero', 0],
  ['a negative number', -1],
  ['a fraction', 1.5],
  ['NaN', Number.NaN],
  ['infinity', Number.POSITIVE_INFINITY],
  ['a bigint', 10n],
  ['no text', ''],
  ['text', 'text'],
  ['true', true],
  ['a symbol', Symbol('symbol')],
  ['a function', () => {}],
  ['an empty array', []],
  ['empty arrays', [[], [[]]]],
  ['numbers', [1, 2]],
  ['rows', [[1, 2], [3]]],
  ['sequences', [[[1], [2]], [[3]]]],
  ['too many levels', [[[[[1]]]]]],
  ['null in an array', [null]],
  ['undefined in arrays', [[undefined]]],
  ['text in an array', ['a', 'b']],
  ['bigints in an array', [[1n]]],
  ['symbols in an array', [Symbol('symbol')]],
  ['an array in itself', cyclic],
  ['an array with holes', new Array(2)],
  ['an empty object', {}],
  ['an object without prototype', Object.create(null)],
  ['an object of an unknown type', { type: 'unknown' }],
  ['a type that is an object', { type: {} }],
  ['a name of every object', { type: 'toString', rule: { type: 'constructor' } }],
  ['unknown options', { unknown: 1, name: 1, shape: [1], data: 1 }],
  ['a map', new Map([[1, 2]])],
  ['a date', new Date(0)],
  ['a promise', Promise.resolve()],
  ['a proxy', endless],
  ['bytes', new Uint8Array(3)],
  ['a buffer', new ArrayBuffer(4)],
  ['a view', new DataView(new ArrayBuffer(4))],
  ['bigints', new BigInt64Array(2)],
  ['a tensor', tensor([1], [1, 1])],
  ['a tensor without axes', tensor([1], [])],
  ['a tensor of nothing', tensor([], [0, 2, 1])],
  ['a tensor of no shape', { data: new Float32Array(1), shape: ['a'] }],
  ['lengths of text', { data: new Float32Array(4), shape: [2, 2, 1], lengths: 'ab' }],
  ['lengths of NaN', { data: new Float32Array(4), shape: [2, 2, 1], lengths: [Number.NaN] }],
];

const scaler = scalers.standard().fit([
  [1, 2],
  [3, 4],
]);
const encoder = encoders.labels().fit(['a', 'b']);

const csv = 'date,y\n2020-01-01,1\n2020-01-02,2\n2020-01-03,3\n';
/** Too short to forecast: only what is wrong is told. */
const series = await tables.readSeries(csv, { target: 'y' });

const pure: Readonly<Record<string, Call>> = {
  'sequential: layers': (v) => sequential(v, { inputShape: [1] }),
  'sequential: layer': (v) => sequential([v], { inputShape: [1] }),
  'sequential: options': (v) => sequential([layers.dense(1)], v),
  'sequential: inputShape': (v) => sequential([layers.dense(1)], { inputShape: v }),
  'sequential: sizes': (v) => sequential([layers.dense(1)], { inputShape: [v, v] }),
  'sequential: seed': (v) => sequential([layers.dense(1)], { inputShape: [1], seed: v }),
  'sequential: name': (v) => sequential([layers.dense(1)], { inputShape: [1], name: v }),
  'sequential: thread': (v) => sequential([layers.dense(1)], { inputShape: [1], thread: v }),
  ...Object.fromEntries(
    [layers, losses, metrics, optimizers, schedules, initializers, regularizers, constraints]
      .flatMap((group) => Object.entries<unknown>(group))
      .flatMap(([name, make]) => {
        const call = make as (...args: unknown[]) => unknown;
        return [
          [`${name}: first`, (v: never) => call(v)],
          [`${name}: second`, (v: never) => call(1, v)],
        ];
      }),
  ),
  'lstm: activation': (v) => layers.lstm(1, { activation: v, recurrentActivation: v }),
  'lstm: initializer': (v) => layers.lstm(1, { kernelInitializer: v, name: 'a' }),
  'lstm: regularizer': (v) => layers.lstm(1, { kernelRegularizer: v }),
  'lstm: constraint': (v) => layers.lstm(1, { kernelConstraint: v }),
  'lstm: name': (v) => layers.lstm(1, { name: v }),
  'adam: learningRate': (v) => optimizers.adam({ learningRate: v }),
  'piecewise: lists': (v) => schedules.piecewise({ boundaries: v, values: v }),
  'piecewise: values': (v) => schedules.piecewise({ boundaries: [v], values: [v, v] }),
  earlyStopping: (v) => earlyStopping(v),
  'earlyStopping: monitor': (v) => earlyStopping({ monitor: v, mode: v, patience: v }),
  'tensor: data': (v) => tensor(v, [1]),
  'tensor: values': (v) => tensor([v], [1]),
  'tensor: shape': (v) => tensor([1], v),
  'tensor: sizes': (v) => tensor([1], [v]),
  'tensor: options': (v) => tensor([1], [1, 1, 1], v),
  'tensor: lengths': (v) => tensor([1], [1, 1, 1], { lengths: v }),
  'tensor: length': (v) => tensor([1], [1, 1, 1], { lengths: [v] }),
  'at: index': (v) => tensor([1], [1]).at(v),
  argMax: (v) => tensor([1], [1]).argMax(v),
  'scaler: fit': (v) => scalers.standard().fit(v),
  'scaler: transform': (v) => scaler.transform(v),
  'scaler: inverse': (v) => scaler.inverse(v),
  'scaler: select': (v) => scaler.select(v),
  'scalers.fromJSON': (v) => scalers.fromJSON(v),
  'scalers.fromJSON: lists': (v) => scalers.fromJSON({ type: 'standard', offset: v, scale: v }),
  'encoder: fit': (v) => encoders.labels().fit(v),
  'encoder: transform': (v) => encoder.transform(v),
  'encoder: oneHot': (v) => encoder.oneHot(v),
  'encoder: inverse': (v) => encoder.inverse(v),
  'encoders.fromJSON': (v) => encoders.fromJSON(v),
  'encoders.fromJSON: classes': (v) => encoders.fromJSON({ type: 'labels', classes: v }),
  init: (v) => {
    init(v);
    init({});
  },
  load: (v) => load(v),
  'load: options': (v) => load(new Uint8Array(3), v),
  fromBytes: (v) => fromBytes(v),
  'storage.file': (v) => storage.file(v),
  'storage.indexedDB': (v) => storage.indexedDB(v),
  'storage.download': (v) => storage.download(v),
  generateWaves: (v) => datasets.generateWaves(v),
  'generateWaves: seed': (v) => datasets.generateWaves({ series: 2, steps: 3, seed: v }),
  stepsAhead: (v) => datasets.stepsAhead(datasets.generateWaves({ series: 2, steps: 3 }), v),
  oneStepAhead: (v) => datasets.oneStepAhead(v),
  readSeries: (v) => tables.readSeries(v, { target: 'y' }),
  'readSeries: request': (v) => tables.readSeries(csv, v),
  'readSeries: columns': (v) => tables.readSeries(csv, { target: v, features: v, date: v }),
  'readSeries: feature': (v) => tables.readSeries(csv, { target: 'y', features: [v] }),
  'readSeries: trained': (v) => tables.readSeries(csv, { target: 'y', trained: v }),
  'readSeries: words': (v) => tables.readSeries(csv, { target: 'z', name: v, optionName: v }),
  timeAt: (v) => tables.timeAt(v, v),
  dateAt: (v) => tables.dateAt(v, 1),
  'dateAt: step': (v) => tables.dateAt(series.timeline, v),
  countSteps: (v) => tables.countSteps(v, 1),
  'countSteps: n': (v) => tables.countSteps(series.timeline.step, v),
  stepRate: (v) => tables.stepRate(v),
  stepsName: (v) => tables.stepsName(v),
  forecast: (v) => forecasting.forecast(v),
  'forecast: target': (v) => forecasting.forecast({ ...series, target: v }),
  'forecast: options': (v) => forecasting.forecast(series, v),
  'forecast: horizon': (v) => forecasting.forecast(series, { horizon: v, window: v }),
  'forecast: model': (v) => forecasting.forecast(series, { model: v, units: v }),
  'forecast: numbers': (v) => forecasting.forecast(series, { epochs: v, seed: v, level: v }),
  'forecast: calls': (v) => forecasting.forecast(series, { onEpoch: v, signal: v }),
  predict: (v) => forecasting.predict(v, series),
  'predict: series': (v) => forecasting.predict(sequences(), v),
  'predict: options': (v) => forecasting.predict(sequences(), series, v),
  readRecipe: (v) => forecasting.readRecipe(v),
  requestOf: (v) => forecasting.requestOf(v),
};

const sequences = (): Model =>
  sequential([layers.lstm(2), layers.dense(2)], { inputShape: [null, 1], thread: 'main' });
const vectors = (): Model => sequential([layers.dense(1)], { inputShape: [2], thread: 'main' });

const x = [[1, 2], [3]] as never;
const y = [
  [0, 1],
  [1, 0],
] as never;

const ofModels: Readonly<Record<string, (model: Model, value: never) => unknown>> = {
  compile: (m, v) => m.compile(v),
  'compile: loss': (m, v) => m.compile({ loss: v }),
  'compile: optimizer': (m, v) => m.compile({ loss: 'mse', optimizer: v }),
  'compile: metrics': (m, v) => m.compile({ loss: 'mse', metrics: v }),
  'compile: metric': (m, v) => m.compile({ loss: 'mse', metrics: [v] }),
  'fit: first': (m, v) => m.fit(v),
  'fit: x': (m, v) => m.fit(v, y),
  'fit: y': (m, v) => m.fit(x, v),
  'fit: y with options': (m, v) => m.fit(x, v, {}),
  'fit: options': (m, v) => m.fit(x, y, v),
  'fit: epochs': (m, v) => m.fit(x, y, { epochs: typeof v === 'number' ? Math.min(v, 2) : v }),
  'fit: batchSize': (m, v) => m.fit(x, y, { batchSize: v, shuffle: v }),
  'fit: validationData': (m, v) => m.fit(x, y, { validationData: v }),
  'fit: validation pair': (m, v) => m.fit(x, y, { validationData: [v, v] }),
  'fit: validationSplit': (m, v) => m.fit(x, y, { validationSplit: v }),
  'fit: callbacks': (m, v) => m.fit(x, y, { callbacks: v }),
  'fit: callback': (m, v) => m.fit(x, y, { callbacks: [v] }),
  'fit: onEpochEnd': (m, v) => m.fit(x, y, { onEpochEnd: v }),
  'fit: onBatchEnd': (m, v) => m.fit(x, y, { onBatchEnd: v, progressInterval: v }),
  'fit: signal': (m, v) => m.fit(x, y, { signal: v }),
  'fit: resume': (m, v) => m.fit(x, y, { resume: v }),
  'fit: stream': (m, v) => m.fit((() => [v]) as never, { stepsPerEpoch: 1 }),
  evaluate: (m, v) => m.evaluate(v),
  'evaluate: x': (m, v) => m.evaluate(v, y),
  'evaluate: y': (m, v) => m.evaluate(x, v, {}),
  'evaluate: options': (m, v) => m.evaluate(x, y, v),
  predict: (m, v) => m.predict(v),
  'predict: examples': (m, v) => m.predict([v] as never),
  'predict: options': (m, v) => m.predict(x, v),
  'predict: signal': (m, v) => m.predict(x, { signal: v }),
  'trainOnBatch: x': (m, v) => m.trainOnBatch(v, y),
  'trainOnBatch: y': (m, v) => m.trainOnBatch(x, v),
  'gradients: x': (m, v) => m.gradients(v, y),
  'gradients: y': (m, v) => m.gradients(x, v),
  setWeights: (m, v) => m.setWeights(v),
  'setWeights: list': (m, v) => m.setWeights([v, v, v, v, v]),
  'setWeights: data': (m, v) => m.setWeights([{ data: v, shape: v, name: v }, { data: v }]),
  setLearningRate: (m, v) => m.setLearningRate(v),
  save: (m, v) => (typeof v === 'string' ? undefined : m.save(v)),
  'save: options': (m, v) => m.save({ write: async () => {} }, v),
  toBytes: (m, v) => m.toBytes(v),
  metadata: (m, v) => {
    m.metadata = { value: v };
    return m.toBytes();
  },
  'all metadata': (m, v) => {
    m.metadata = v;
    return m.toBytes();
  },
};

/** Whatever is thrown is an error of this library with a message. */
async function onlyOurErrors(what: string, call: () => unknown): Promise<void> {
  try {
    await call();
  } catch (error) {
    expect(error, `${what}: ${String(error)}`).toBeInstanceOf(UnrolledError);
    expect((error as Error).message, what).not.toBe('');
  }
}

describe('whatever is given, what is thrown is an error of this library:', () => {
  test.each(Object.entries(pure))('%s', async (name, call) => {
    for (const [what, value] of values)
      await onlyOurErrors(`${name} = ${what}`, () => call(value as never));
  });

  test.each(Object.entries(ofModels))('%s', async (name, call) => {
    for (const build of [sequences, vectors]) {
      const model = keep(build());
      model.compile({ loss: 'mse' });
      for (const [what, value] of values)
        await onlyOurErrors(`${name} = ${what}`, () => call(model, value as never));
    }
  });
});
