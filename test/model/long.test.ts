import { expect, test } from 'vitest';
import { layers, sequential, tensor } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';

const keep = keeper();
/** Run whole, these steps would need a gigabyte and a half of work space. */
const STEPS = 300_000;

const wave = (steps: number) =>
  tensor(
    Float32Array.from({ length: steps }, (_, t) => Math.sin(0.01 * t)),
    [1, steps, 1],
  );

test('one very long sequence is predicted and measured in little memory', async () => {
  const model = keep(
    sequential([layers.lstm(8), layers.dense(1)], { inputShape: [null, 1], seed: 2 }),
  );
  model.compile({ loss: 'mse' });
  const prediction = await model.predict(wave(STEPS));
  expect(prediction.shape).toEqual([1, 1]);
  const value = prediction.data[0] ?? Number.NaN;
  const { loss } = await model.evaluate(wave(STEPS), [[1]]);
  expect(loss).toBeCloseTo((value - 1) ** 2, 6);
  expect((await model.describe()).instanceBytes).toBeLessThan(30e6);
});

test('a sequence that is cut gives what it gives at every step', async () => {
  const model = keep(
    sequential([layers.gru(3, { returnSequences: true }), layers.dense(1)], {
      inputShape: [null, 1],
      seed: 2,
    }),
  );
  const long = (await model.predict(wave(3000))).data;
  // What comes later changes nothing of what was before.
  for (const steps of [1, 1000, 1024, 1025, 2048, 2999]) {
    expect((await model.predict(wave(steps))).data).toEqual(long.subarray(0, steps));
  }
});
