import { expect, test } from 'vitest';
import { layers, sequential } from '../ts/index.ts';
import { keeper } from './support/models.ts';

const keep = keeper();
const build = (seed: number, ...names: readonly string[]) =>
  keep(
    sequential(
      names.map((name) => layers.dense(2, { name })),
      { inputShape: [2], seed, thread: 'main' },
    ),
  );

test('weights move between models of the same layers, whatever the names of the layers', async () => {
  const [from, to] = [build(1, 'a', 'b'), build(2, 'b', 'c')];
  await to.setWeights(await from.getWeights());
  const data = async (model: typeof from) =>
    (await model.getWeights()).map((weight) => weight.data);
  expect(await data(to)).toEqual(await data(from));
});

test("Keras's names fit, and names of no known part are no matter", async () => {
  const model = build(1, 'a');
  const kernel = { name: 'sequential/dense_7/kernel:0', data: [1, 2, 3, 4], shape: [2, 2] };
  await model.setWeights([kernel, { name: 'offset', data: [5, 6] }]);
  expect((await model.getWeights()).flatMap(({ data }) => [...data])).toEqual([1, 2, 3, 4, 5, 6]);
});

const recurrent = () =>
  keep(sequential([layers.simpleRNN(2)], { inputShape: [null, 2], seed: 1, thread: 'main' }));

test('named weights in another order are refused, and nothing changes', async () => {
  const model = recurrent();
  const [kernel, recurrentKernel, bias] = await model.getWeights();
  await expect(model.setWeights([recurrentKernel, kernel, bias] as never)).rejects.toThrow(
    'setWeights: weights[0]: expected simple_rnn/kernel, got simple_rnn/recurrent_kernel: give the weights in the order of getWeights(), or without names',
  );
  const layersSwapped = build(1, 'a', 'b');
  const [aKernel, aBias, bKernel, bBias] = await layersSwapped.getWeights();
  await expect(layersSwapped.setWeights([bKernel, bBias, aKernel, aBias] as never)).rejects.toThrow(
    'setWeights: weights[0]: expected a/kernel, got b/kernel',
  );
  expect((await model.getWeights())[0]).toEqual(kernel);
});
