import { afterEach, expect, test } from 'vitest';
import { isMemoryError, layers, type Model, sequential, tensor } from '../../ts/index.ts';

// What is too large for WebAssembly, and for nothing else; crates/unrolled-core/tests/memory.rs has
// what is too large for anything.

const models: Model[] = [];
afterEach(() => Promise.all(models.splice(0).map((model) => model.dispose())));

function build(layer: Parameters<typeof sequential>[0][number], thread: 'worker' | 'main'): Model {
  const list = [layer, layers.dense(1)];
  const model = sequential(list, { inputShape: [null, 1], thread }) as unknown as Model;
  model.compile({ optimizer: 'adam', loss: 'mse' });
  models.push(model);
  return model;
}

const x = [[[1], [2], [3]]];
const refused = (pending: PromiseLike<unknown>, message: RegExp) =>
  expect(
    Promise.resolve(pending).catch((error: unknown) => {
      expect(error).toSatisfy(isMemoryError);
      throw error;
    }),
  ).rejects.toThrow(message);

const tooLarge = [
  { name: 'a GRU of 14,000 units', layer: layers.gru(14_000), size: '2.4 GB' },
  { name: 'an LSTM of 20,000 units', layer: layers.lstm(20_000), size: '6.5 GB' },
  // Of more values than 32 bits count.
  { name: 'an LSTM of 40,000 units', layer: layers.lstm(40_000), size: '25.7 GB' },
];

test.each(tooLarge)(
  '$name is refused with its size, and other models of its thread go on',
  async ({ layer, size }) => {
    const other = build(layers.lstm(3), 'main');
    await other.predict(x);
    const model = build(layer, 'main');
    const message = new RegExp(`not enough memory for the weights, which need ${size}: .+ units`);
    await refused(model.predict(x), message);
    await refused(model.fit(x, [1], { epochs: 1 }), message);
    await other.fit(x, [1], { epochs: 1 });
  },
);

test.each(['main', 'worker'] as const)(
  'training on sequences of a million steps is refused, and the model is as before (%s)',
  async (thread) => {
    const model = build(layers.lstm(20), thread);
    await model.fit(x, [1], { epochs: 1 });
    const [before, alone] = await Promise.all([model.getWeights(), model.toBytes()]);
    const steps = 1_000_000;
    const long = tensor(new Float32Array(steps).fill(0.1), [1, steps, 1]);
    const message = /buffers of a block of 1000000 time steps, which need 9\.\d GB: .+ shorter/;
    await refused(model.fit(long, [1], { epochs: 1 }), message);
    await refused(model.trainOnBatch(long, [1]), message);
    await refused(model.gradients(long, [1]), message);
    expect(await model.getWeights()).toEqual(before);
    expect(await model.toBytes()).toEqual(alone);
    expect((await model.fit(x, [1], { epochs: 2, resume: true })).epochs).toEqual([0, 1]);
  },
);

test('a small model takes sequences of a million steps', async () => {
  const model = build(layers.simpleRNN(1), 'main');
  const steps = 1_000_000;
  const long = tensor(new Float32Array(steps).fill(0.1), [1, steps, 1]);
  expect((await model.fit(long, [1], { epochs: 1 })).epochs).toEqual([0]);
});
