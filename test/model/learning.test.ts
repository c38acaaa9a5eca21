import { expect, test } from 'vitest';
import { type Layer, layers, optimizers, sequential, tensor } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';
import { waves } from '../support/series.ts';

const keep = keeper();
const { x, y } = waves(256, 20);

const recurrent: readonly { name: string; layer: Layer }[] = [
  { name: 'simpleRNN', layer: layers.simpleRNN(12) },
  { name: 'lstm', layer: layers.lstm(12) },
  { name: 'gru', layer: layers.gru(12) },
  { name: 'gru, reset before', layer: layers.gru(12, { resetAfter: false }) },
];

test.each(recurrent)('$name learns to continue waves', async ({ layer }) => {
  const model = keep(sequential([layer, layers.dense(1)], { inputShape: [null, 1], seed: 7 }));
  model.compile({
    loss: 'mse',
    optimizer: optimizers.adam({ learningRate: 0.01 }),
    metrics: ['mae'],
  });
  const before = await model.evaluate(x, y);
  const { history } = await model.fit(x, y, {
    epochs: 15,
    validationData: waves(64, 20, 2) && [waves(64, 20, 2).x, waves(64, 20, 2).y],
  });
  expect(before.loss).toBeGreaterThan(0.1);
  expect(history.loss.at(-1)).toBeLessThan(0.02);
  expect(history.valLoss?.at(-1)).toBeLessThan(0.02);
  const after = await model.evaluate(x, y);
  expect(after.loss).toBeLessThan(0.02);
  expect(after.mae).toBeLessThan(Math.sqrt(after.loss) * 1.001);
});

test('dense layers learn exclusive or', async () => {
  const inputs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const targets = [0, 1, 1, 0];
  const model = keep(
    sequential(
      [layers.dense(8, { activation: 'tanh' }), layers.dense(1, { activation: 'sigmoid' })],
      {
        inputShape: [2],
        seed: 3,
      },
    ),
  );
  model.compile({
    loss: 'binaryCrossentropy',
    optimizer: optimizers.adam({ learningRate: 0.05 }),
    metrics: ['accuracy'],
  });
  const { history } = await model.fit(inputs, targets, { epochs: 300, batchSize: 4 });
  expect(history.accuracy?.at(-1)).toBe(1);
  const predicted = (await model.predict(inputs)).toArray().flat();
  expect(predicted.map(Math.round)).toEqual(targets);
});

test('classes are learned from their numbers', async () => {
  // The class is where the only one stands.
  const steps = 6;
  const sequences = Array.from({ length: 120 }, (_, i) =>
    Array.from({ length: steps }, (_, t) => (t === i % steps ? 1 : 0)),
  );
  const model = keep(
    sequential([layers.lstm(16), layers.dense(steps)], { inputShape: [null, 1], seed: 1 }),
  );
  model.compile({
    loss: { type: 'sparseCategoricalCrossentropy', fromLogits: true },
    optimizer: optimizers.adam({ learningRate: 0.02 }),
    metrics: ['accuracy'],
  });
  const classes = sequences.map((_, i) => i % steps);
  const { history } = await model.fit(sequences, classes, { epochs: 60 });
  expect(history.accuracy?.at(-1)).toBe(1);
});

test('every step of a sequence is a target of its own', async () => {
  const running = x.toArray().map((sequence) => {
    let sum = 0;
    return sequence.map(([value = 0]) => [(sum = 0.5 * sum + value)]);
  });
  const model = keep(
    sequential(
      [layers.gru(12, { returnSequences: true }), layers.timeDistributed(layers.dense(1))],
      {
        inputShape: [null, 1],
        seed: 5,
      },
    ),
  );
  model.compile({
    loss: 'mse',
    optimizer: optimizers.adam({ learningRate: 0.02 }),
    metrics: ['lastStepMse'],
  });
  const { history } = await model.fit(x, running, { epochs: 15 });
  expect(history.loss.at(-1)).toBeLessThan(0.01);
  expect(history.lastStepMse?.at(-1)).toBeLessThan(0.02);
  const output = await model.predict(x);
  expect(output.shape).toEqual([256, 20, 1]);
});

test('trainOnBatch takes one step and gives the loss before it', async () => {
  const model = keep(sequential([layers.dense(1)], { inputShape: [1], seed: 1 }));
  model.compile({
    loss: 'mse',
    optimizer: optimizers.sgd({ learningRate: 0.1 }),
    metrics: ['mae'],
  });
  const batch = [tensor([1, 2], [2, 1]), [2, 4]] as const;
  const measured = await model.evaluate(...batch);
  const trained = await model.trainOnBatch(...batch);
  expect(trained).toEqual(measured);
  expect((await model.evaluate(...batch)).loss).toBeLessThan(trained.loss);
});
