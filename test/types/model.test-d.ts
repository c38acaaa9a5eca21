import { expectTypeOf, test } from 'vitest';
import {
  type EpochLogs,
  type Evaluation,
  type FitResult,
  type History,
  type LstmOptions,
  layers,
  type Run,
  sequential,
  type Tensor,
  tensor,
} from '../../ts/index.ts';

const series = { inputShape: [null, 3] } as const;

test('predict has the rank of the last layer that sets one', () => {
  const last = sequential([layers.lstm(4), layers.dense(1)], series);
  expectTypeOf(last.predict).returns.resolves.toEqualTypeOf<Tensor<2>>();
  const every = sequential(
    [
      layers.lstm(4, { returnSequences: true }),
      layers.gru(4, { returnSequences: true }),
      layers.dropout(0.1),
      layers.dense(1),
    ],
    series,
  );
  expectTypeOf(every.predict).returns.resolves.toEqualTypeOf<Tensor<3>>();
  const flat = sequential([layers.flatten(), layers.dense(1)], { inputShape: [4, 3] });
  expectTypeOf(flat.predict).returns.resolves.toEqualTypeOf<Tensor<2>>();
  const dense = sequential([layers.dense(1)], series);
  expectTypeOf(dense.predict).returns.resolves.toEqualTypeOf<Tensor<3>>();
  const vectors = sequential([layers.dense(1)], { inputShape: [3] });
  expectTypeOf(vectors.predict).returns.resolves.toEqualTypeOf<Tensor<2>>();
});

test('where returnSequences is not known, both ranks are possible', () => {
  const options: LstmOptions = {};
  const model = sequential([layers.lstm(4, options)], series);
  expectTypeOf(model.predict).returns.resolves.toEqualTypeOf<Tensor<2 | 3>>();
});

test('the shape of a tensor can be taken apart, its arrays are nested by rank', () => {
  expectTypeOf(tensor([1, 2], [1, 2]).shape).toEqualTypeOf<readonly [number, number]>();
  expectTypeOf(tensor([1, 2], [1, 2]).toArray()).toEqualTypeOf<number[][]>();
  expectTypeOf(tensor([1, 2], [1, 2, 1]).toArray()).toEqualTypeOf<number[][][]>();
});

test('wrong ranks fail in the editor', () => {
  const model = sequential([layers.lstm(4), layers.dense(1)], series);
  void (() => {
    void model.predict([[[1, 2, 3]]]);
    void model.predict(tensor([1, 2, 3], [1, 1, 3]));
    // @ts-expect-error vectors for a model of sequences
    void model.predict([[1, 2, 3]]);
    // @ts-expect-error a tensor of vectors
    void model.predict(tensor([1, 2, 3], [1, 3]));
    // @ts-expect-error text
    void model.predict('data');
    void model.fit([[[1, 2, 3]]], [[1]]);
    void model.fit([[[1, 2, 3]]], [1]);
    // @ts-expect-error sequences as targets of a model of vectors
    void model.fit([[[1, 2, 3]]], [[[1]]]);
    // @ts-expect-error no targets
    void model.evaluate([[[1, 2, 3]]]);
  });
});

test('the feature axis may be left out where it has one feature', () => {
  const model = sequential([layers.lstm(4)], { inputShape: [null, 1] });
  void (() => {
    void model.predict([[1, 2, 3], Float32Array.of(4, 5)]);
    void model.predict([[[1], [2]]]);
    // @ts-expect-error one level too few
    void model.predict([1, 2, 3]);
  });
});

test('a run gives epochs and a result', () => {
  const model = sequential([layers.dense(1)], { inputShape: [2] });
  expectTypeOf(model.fit([[1, 2]], [1])).toEqualTypeOf<Run>();
  expectTypeOf<Awaited<Run>>().toEqualTypeOf<FitResult>();
  expectTypeOf(model.evaluate).returns.resolves.toEqualTypeOf<Evaluation>();
});

test('streams give pairs of what fit and evaluate take', () => {
  const model = sequential([layers.dense(1)], { inputShape: [2] });
  async function* batches() {
    yield [[[1, 2]], [1]] as [number[][], number[]];
  }
  void (() => {
    void model.fit(batches, { epochs: 2 });
    void model.fit(batches(), { stepsPerEpoch: 2 });
    void model.fit(batches, { validationData: [[[1, 2]], [1]] });
    // @ts-expect-error a stream of numbers
    void model.fit([1, 2, 3], { epochs: 2 });
    void model.evaluate(batches);
    void model.evaluate(batches(), { signal: AbortSignal.timeout(1000) });
    // @ts-expect-error options of fit
    void model.evaluate(batches, { epochs: 2 });
  });
});

test('histories have camelCase keys and no others', () => {
  expectTypeOf<History['loss']>().toEqualTypeOf<readonly number[]>();
  expectTypeOf<History['valLoss']>().toEqualTypeOf<readonly number[] | undefined>();
  expectTypeOf<History['valLastStepMse']>().toEqualTypeOf<readonly number[] | undefined>();
  expectTypeOf<EpochLogs['valMae']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<History>().not.toHaveProperty('val_loss');
  expectTypeOf<Evaluation>().not.toHaveProperty('valLoss');
});

test('what a tensor gives follows its rank', () => {
  const sequences = tensor([1], [1, 1, 1]);
  const vectors = tensor([1], [1, 1]);
  expectTypeOf(sequences.rows()).toEqualTypeOf<Tensor<2>[]>();
  expectTypeOf(vectors.rows()).toEqualTypeOf<Float32Array[]>();
  expectTypeOf(tensor([1], [1]).rows()).toEqualTypeOf<number[]>();
  expectTypeOf(vectors.argMax()).toEqualTypeOf<Tensor<1>>();
  expectTypeOf(tensor([1], [1]).argMax()).toEqualTypeOf<number>();
  expectTypeOf(sequences.at(0, 0, -1)).toEqualTypeOf<number>();
  void (() => {
    // @ts-expect-error an index is missing
    vectors.at(0);
    for (const sequence of sequences) for (const step of sequence) step.fill(0);
  });
});
