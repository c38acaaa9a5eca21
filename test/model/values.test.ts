import { describe, expect, test } from 'vitest';
import { isDataError, layers, sequential, tensor } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';

const keep = keeper();
const COUNT = 600;
const STEPS = 4;
const lengths = Uint32Array.from({ length: COUNT }, (_, i) => 1 + (i % STEPS));

/** Sequences, and a target at every step, where one value is `value`. */
function data(where: 'x' | 'y', [example, step]: readonly [number, number], value: number) {
  const [x, y] = [new Float32Array(COUNT * STEPS), new Float32Array(COUNT * STEPS)];
  (where === 'x' ? x : y)[example * STEPS + step] = value;
  const shape = [COUNT, STEPS, 1] as const;
  return { x: tensor(x, shape, { lengths }), y: tensor(y, shape, { lengths }) };
}

// Example 403 has all its steps; 400 has one. Both lie in the second part that is measured.
const cases = [
  { where: 'x', place: [403, 2], value: Number.NaN, shown: 'NaN' },
  { where: 'x', place: [403, 0], value: Number.POSITIVE_INFINITY, shown: 'Infinity' },
  { where: 'y', place: [403, 3], value: Number.NaN, shown: 'NaN' },
] as const;

describe.each(['worker', 'main'] as const)('on thread %s', (thread) => {
  const build = () =>
    keep(
      sequential([layers.simpleRNN(2, { returnSequences: true }), layers.dense(1)], {
        inputShape: [null, 1],
        thread,
      }).compile({ loss: 'mse' }),
    );

  test.each(cases)(
    'a tensor with $shown in $where is refused with its place',
    async ({ where, place, value, shown }) => {
      const { x, y } = data(where, place, value);
      const model = build();
      const message = `${where}[${place[0]}][${place[1]}][0]: expected a finite number, got ${shown}`;
      const weights = await model.getWeights();
      for (const call of [
        () => model.fit(x, y),
        () => model.evaluate(x, y),
        () => model.trainOnBatch(x, y),
        ...(where === 'x' ? [() => model.predict(x)] : []),
      ]) {
        const error: unknown = await call().then(
          () => 'accepted',
          (caught: unknown) => caught,
        );
        expect(error).toSatisfy(isDataError);
        expect((error as Error).message).toBe(message);
      }
      expect(await model.getWeights()).toEqual(weights);
    },
  );

  test('what stands in the padding is not looked at', async () => {
    const { x, y } = data('x', [400, 1], Number.NaN);
    const clean = data('x', [400, 1], 0);
    expect((await build().evaluate(x, y)).loss).toBe((await build().evaluate(clean.x, y)).loss);
  });

  test('a class number that there is not is refused with its place', async () => {
    const model = keep(
      sequential([layers.dense(3, { activation: 'softmax' })], { inputShape: [1], thread }),
    );
    model.compile({ loss: 'sparseCategoricalCrossentropy' });
    const x = new Float32Array(COUNT);
    const y = x.map((_, i) => (i === 500 ? 3 : i % 3));
    const refused = /^y\[500\]: expected a class number, an integer from 0 to 2, got 3/;
    await expect(model.fit(x, y)).rejects.toThrow(refused);
    await expect(model.evaluate(x, y)).rejects.toThrow(refused);
  });
});
