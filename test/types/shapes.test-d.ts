import { expectTypeOf, test } from 'vitest';
import {
  fromBytes,
  type HistoryKey,
  type InputsOf,
  type Layer,
  type LstmLayer,
  layers,
  load,
  type Measures,
  type MetricName,
  type Model,
  sequential,
  type Sequences,
  type Shape,
  type Tensor,
  type ValidationMeasures,
} from '../../ts/index.ts';

const series = { inputShape: [null, 3] } as const;

test('a model knows its shapes, sizes included', () => {
  const stacked = sequential(
    [layers.lstm(20, { returnSequences: true }), layers.lstm(20), layers.dense(1)],
    { inputShape: [null, 3] },
  );
  expectTypeOf(stacked).toEqualTypeOf<Model<readonly [null, 3], readonly [1]>>();
  const everyStep = sequential(
    [
      layers.simpleRNN(8, { returnSequences: true }),
      layers.dropout(0.1),
      layers.timeDistributed(layers.dense(5)),
      layers.activation('softmax'),
    ],
    { inputShape: [10, 3] },
  );
  expectTypeOf(everyStep).toEqualTypeOf<Model<readonly [10, 3], readonly [10, 5]>>();
  const flat = sequential([layers.flatten()], { inputShape: [4, 3] });
  expectTypeOf(flat).toEqualTypeOf<Model<readonly [4, 3], readonly [number]>>();
  const units: number = 3;
  const variable = sequential([layers.dense(units)], { inputShape: [2] });
  expectTypeOf(variable).toEqualTypeOf<Model<readonly [2], readonly [number]>>();
});

test('what is not known is left open, never refused', () => {
  const list: Layer[] = [];
  list.push(layers.lstm(4), layers.dense(1));
  expectTypeOf(sequential(list, series)).toExtend<Model>();
  expectTypeOf(sequential([...list, layers.dense(1)], series)).toExtend<Model>();
  expectTypeOf(sequential(list, series).predict).parameter(0).toEqualTypeOf<Sequences>();
  expectTypeOf(sequential(list, series).predict).returns.resolves.toEqualTypeOf<Tensor<2 | 3>>();

  const some: boolean = true;
  const either = [layers.lstm(4, { returnSequences: some }), layers.lstm(2)] as const;
  expectTypeOf(sequential(either, series)).toEqualTypeOf<Model<readonly [null, 3], readonly [2]>>();
  const kinds = [some ? layers.lstm(4) : layers.gru(5), layers.dense(1)] as const;
  expectTypeOf(sequential(kinds, series)).toEqualTypeOf<Model<readonly [null, 3], readonly [1]>>();
  const any = (layer: Layer) => sequential([layer, layers.dense(2)], series);
  expectTypeOf(any).returns.toEqualTypeOf<
    Model<readonly [null, 3], readonly [2] | readonly [null, 2]>
  >();
});

test('layers that do not fit fail in the editor, at that layer', () => {
  void (() => {
    sequential(
      [
        layers.lstm(4),
        // @ts-expect-error vectors
        layers.gru(4),
        // the layers after it are not judged
        layers.lstm(4),
      ],
      series,
    );
    // @ts-expect-error vectors
    sequential([layers.lstm(4)], { inputShape: [10] });
    // @ts-expect-error any number of steps
    sequential([layers.flatten()], series);
    // @ts-expect-error no layer
    sequential([layers.dense], series);
  });
});

test('Model alone is a model of any shapes, in both directions', async () => {
  const build = () => sequential([layers.lstm(4), layers.dense(1)], series);
  const models = [build()];
  models.push(await load('model.safetensors'), sequential([] as Layer[], series));
  const loose: Model = build();
  const list: Model[] = [build(), sequential([layers.dense(2)], { inputShape: [3] }), loose];
  const bytes: Model<readonly [2]> = await fromBytes(new Uint8Array());
  class Forecaster {
    model: Model = build();
    models = new Map<string, Model>([['lstm', build()]]);
  }
  const train = (one: Model) => one.compile({ loss: 'mse' }).fit([[1, 2]], [1]);
  await train(build());
  await train(await load('model.safetensors'));
  await train(bytes);
  await Promise.all([...list, new Forecaster().model].map(train));
  expectTypeOf(loose.predict).returns.resolves.toEqualTypeOf<Tensor<2 | 3>>();
  void (() => {
    // @ts-expect-error another number of axes
    const wrong: Model<readonly [null, 3], readonly [1]> = sequential([layers.dense(1)], series);
    return wrong;
  });
});

test('a model of known shapes is one of less known shapes', () => {
  const model = sequential([layers.lstm(4), layers.dense(1)], series);
  expectTypeOf(model).toExtend<Model<readonly [null, 3], readonly [number]>>();
  expectTypeOf(model).toExtend<Model<readonly [null, 3], Shape>>();
  expectTypeOf(layers.lstm(20, { returnSequences: true })).toEqualTypeOf<LstmLayer<20, true>>();
  expectTypeOf<LstmLayer<20, true>>().toExtend<Layer>();
  expectTypeOf<InputsOf<readonly [number | null, 3]>>().toEqualTypeOf<Sequences>();
});

test('callbacks may return anything', () => {
  const model = sequential([layers.lstm(4), layers.dense(1)], series);
  const losses: number[] = [];
  void (() => {
    void model.fit([[[1, 2, 3]]], [1], {
      onEpochEnd: (epoch) => losses.push(epoch.loss),
      onBatchEnd: ({ loss }) => losses.push(loss),
      callbacks: [
        { onTrainBegin: () => losses.length, onEpochBegin: async (epoch) => epoch },
        { onEpochEnd: async (epoch) => losses.push(epoch.valLoss ?? 0), onTrainEnd: () => null },
      ],
    });
    void model.fit(() => [[[[[1, 2, 3]]], [1]]], {
      stepsPerEpoch: 3,
      onEpochEnd: ({ loss }) => losses.push(loss),
    });
  });
});

test('streams are written as they come, and data of no known type go in', () => {
  const model = sequential([layers.lstm(4), layers.dense(1)], series);
  void (async () => {
    const x = [[[1, 2, 3]]];
    await model.fit(function* () {
      yield [x, [1]];
    });
    await model.evaluate(async function* () {
      yield [x, [[1]]];
    });
    const json = JSON.parse('[]');
    await model.fit(json, json, { epochs: 2 });
    await model.fit(json, { epochs: 2 });
    await model.evaluate(json.x, json.y);
  });
});

test('every metric has a place in the history, beside that of the validation data', () => {
  expectTypeOf<keyof Measures>().toEqualTypeOf<'loss' | MetricName>();
  expectTypeOf<keyof ValidationMeasures>().toEqualTypeOf<`val${Capitalize<keyof Measures>}`>();
  expectTypeOf<HistoryKey>().toEqualTypeOf<keyof Measures | keyof ValidationMeasures>();
});
