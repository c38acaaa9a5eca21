import { expect, test } from 'vitest';
import { type Layer, layers, sequential, type Tensor } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';
import { ragged, random, waves } from '../support/series.ts';

const keep = keeper();
const bits = (tensor: Tensor) => [...new Uint32Array(tensor.data.slice().buffer)];

const build = (seed: number, thread: 'worker' | 'main' = 'worker') => {
  const model = sequential(
    [
      layers.lstm(6, { returnSequences: true, dropout: 0.2, recurrentDropout: 0.1 }),
      layers.gru(5),
      layers.dense(1),
    ],
    { inputShape: [null, 1], seed, thread },
  );
  return keep(model.compile({ loss: 'mse', optimizer: 'adam' }));
};

async function trained(seed: number, thread: 'worker' | 'main' = 'worker') {
  const { x, y } = waves(70, 9);
  const model = build(seed, thread);
  const { history } = await model.fit(x, y, { epochs: 3, batchSize: 16 });
  return { history, weights: (await model.getWeights()).flatMap(bits) };
}

test('one seed decides every bit, dropout and order included', async () => {
  const [first, again, other] = await Promise.all([trained(1), trained(1), trained(2)]);
  expect(again).toEqual(first);
  expect(other.weights).not.toEqual(first.weights);
});

test('the main thread gives the same bits as a worker', async () => {
  expect(await trained(3, 'main')).toEqual(await trained(3, 'worker'));
});

test('two runs of two epochs give the same bits as one of four', async () => {
  const { x, y } = waves(70, 9);
  const once = build(4);
  await once.fit(x, y, { epochs: 4 });
  const twice = build(4);
  await twice.fit(x, y, { epochs: 2 });
  await twice.fit(x, y, { epochs: 2 });
  expect((await twice.getWeights()).map(bits)).toEqual((await once.getWeights()).map(bits));
});

const stacks: readonly { name: string; list: readonly Layer[] }[] = [
  { name: 'simpleRNN', list: [layers.simpleRNN(4), layers.dense(2)] },
  {
    name: 'lstm',
    list: [layers.lstm(4, { returnSequences: true }), layers.lstm(3), layers.dense(2)],
  },
  { name: 'gru, backwards', list: [layers.gru(4, { goBackwards: true }), layers.dense(2)] },
  { name: 'every step', list: [layers.gru(4, { returnSequences: true }), layers.dense(2)] },
];

test.each(stacks)('ragged sequences give what each gives alone: $name', async ({ list }) => {
  const model = keep(sequential(list, { inputShape: [null, 3], seed: 2 }));
  const x = ragged(9, 7, 3);
  const together = (await model.predict(x)).toArray();
  for (const [i, sequence] of x.entries()) {
    const alone = (await model.predict([sequence])).toArray()[0];
    const [a, b] = [together[i], alone].map((value) => [value].flat(3) as number[]);
    expect(a).toHaveLength(b?.length ?? -1);
    a?.forEach((value, j) => expect(value).toBeCloseTo(b?.[j] ?? Number.NaN, 6));
  }
});

test('padding changes neither loss nor gradients', async () => {
  const model = keep(
    sequential([layers.lstm(4, { returnSequences: true }), layers.dense(2)], {
      inputShape: [null, 3],
      seed: 2,
    }),
  );
  model.compile({ loss: 'mse', metrics: ['mae', 'lastStepMse'] });
  const x = ragged(6, 5, 3);
  const next = random(9);
  const y = x.map((sequence) => sequence.map(() => [next(), next()]));
  const steps = x.map(({ length }) => length);
  const total = steps.reduce((a, b) => a + b);
  const whole = await model.evaluate(x, y);
  let [loss, last] = [0, 0];
  const sum = new Map<string, Float64Array>();
  for (const [i, sequence] of x.entries()) {
    const target = y[i] ?? [];
    const one = await model.evaluate([sequence], [target]);
    loss += (one.loss * sequence.length) / total;
    last += (one.lastStepMse ?? 0) / x.length;
    for (const [name, { data }] of Object.entries(await model.gradients([sequence], [target]))) {
      const into = sum.get(name) ?? new Float64Array(data.length);
      data.forEach((value, j) => (into[j] = (into[j] ?? 0) + (value * sequence.length) / total));
      sum.set(name, into);
    }
  }
  expect(whole.loss).toBeCloseTo(loss, 6);
  expect(whole.lastStepMse).toBeCloseTo(last, 6);
  for (const [name, { data }] of Object.entries(await model.gradients(x, y))) {
    data.forEach((value, j) =>
      expect(value, `${name}[${j}]`).toBeCloseTo(sum.get(name)?.[j] ?? Number.NaN, 6),
    );
  }
});

test.each(stacks)('gradients are the slopes of the loss: $name', async ({ name, list }) => {
  const model = keep(sequential(list, { inputShape: [null, 3], seed: 11 }));
  model.compile({ loss: 'mse' });
  const x = ragged(5, 6, 3, 4);
  const next = random(5);
  const every = name === 'every step';
  const y = x.map((sequence) =>
    every ? sequence.map(() => [next(), next()]) : [next(), next()],
  ) as number[][];
  const weights = await model.getWeights();
  const gradients = await model.gradients(x, y);
  expect(Object.keys(gradients)).toEqual(weights.map((weight) => weight.name));
  const step = 1e-2;
  for (const weight of weights) {
    const gradient = gradients[weight.name];
    expect(gradient?.shape).toEqual(weight.shape);
    for (const j of [0, weight.data.length >> 1, weight.data.length - 1]) {
      const value = weight.data[j] ?? 0;
      const at = async (moved: number) => {
        weight.data[j] = moved;
        await model.setWeights(weights);
        return (await model.evaluate(x, y)).loss;
      };
      // Fourth order: the third derivative does not matter.
      const slope =
        (8 * ((await at(value + step)) - (await at(value - step))) -
          ((await at(value + 2 * step)) - (await at(value - 2 * step)))) /
        (12 * step);
      weight.data[j] = value;
      expect(gradient?.data[j], `${weight.name}[${j}]`).toBeCloseTo(slope, 4);
    }
  }
});
