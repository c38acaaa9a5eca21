import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import { type CompileOptions, layers, losses, sequential, tensor } from '../ts/index.ts';
import { keeper } from './support/models.ts';

const keep = keeper();
let warned: MockInstance<typeof console.warn>;
beforeEach(() => {
  warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  warned.mockRestore();
});

const activations = {
  mse: 'linear',
  binaryCrossentropy: 'sigmoid',
  categoricalCrossentropy: 'softmax',
  sparseCategoricalCrossentropy: 'softmax',
} as const;

/** A model of vectors with one feature, or of sequences of them. */
function build(
  loss: keyof typeof activations,
  units: number,
  { sequences = false, metrics = [] }: { sequences?: boolean } & Partial<CompileOptions> = {},
) {
  const model = sequential([layers.dense(units, { activation: activations[loss] })], {
    inputShape: sequences ? [null, 2] : [1],
    thread: 'main',
  });
  model.compile({ loss, metrics });
  return keep(model);
}

const inputs = (count: number) => tensor(new Float32Array(count), [count, 1]) as never;

interface Case {
  readonly name: string;
  readonly loss: keyof typeof activations;
  readonly units: number;
  readonly y: readonly unknown[];
  readonly accuracy?: boolean;
  /** Part of the warning. */
  readonly message?: string;
}

const taken: readonly Case[] = [
  { name: 'labels', loss: 'binaryCrossentropy', units: 1, y: [0, 1, 1] },
  { name: 'shares', loss: 'binaryCrossentropy', units: 1, y: [0.25, 1] },
  { name: 'several labels each', loss: 'binaryCrossentropy', units: 2, y: [[1, 1]] },
  { name: 'one-hot rows', loss: 'categoricalCrossentropy', units: 2, y: [[0, 1]] },
  { name: 'smoothed labels', loss: 'categoricalCrossentropy', units: 2, y: [[0.1, 0.9]] },
  { name: 'rows that count for nothing', loss: 'categoricalCrossentropy', units: 2, y: [[0, 0]] },
  { name: 'class numbers', loss: 'sparseCategoricalCrossentropy', units: 3, y: [0, 1, 2] },
  { name: 'labels as values', loss: 'mse', units: 1, y: [0, 1], accuracy: true },
  { name: 'one-hot rows as values', loss: 'mse', units: 2, y: [[0, 1]], accuracy: true },
  { name: 'values', loss: 'mse', units: 1, y: [-5, 2.5] },
];

test.each(taken)('$name for $loss pass in silence', async ({ loss, units, y, accuracy }) => {
  const model = build(loss, units, accuracy ? { metrics: ['accuracy'] } : {});
  await model.evaluate(inputs(y.length), y as never);
  expect(warned).not.toHaveBeenCalled();
});

const doubtful: readonly Case[] = [
  {
    name: 'values beyond 1',
    loss: 'binaryCrossentropy',
    units: 1,
    y: [0.5, 255],
    message: 'y[1]: binaryCrossentropy expects targets from 0 to 1, got 255',
  },
  {
    name: 'several classes at once',
    loss: 'categoricalCrossentropy',
    units: 3,
    y: [
      [1, 0, 0],
      [1, 0, 1],
    ],
    message: 'y[1]: categoricalCrossentropy expects a share for each class',
  },
  {
    name: 'negative shares',
    loss: 'categoricalCrossentropy',
    units: 2,
    y: [[-1, 2]],
    message: 'got [-1, 2]',
  },
  {
    name: 'accuracy of values',
    loss: 'mse',
    units: 1,
    y: [0, 1, 2.5],
    accuracy: true,
    message: "take 'mae' or 'rmse'",
  },
];

test.each(doubtful)('$name: warned of, once a model', async (given) => {
  const { loss, units, y, accuracy, message } = given;
  const model = build(loss, units, accuracy ? { metrics: ['accuracy'] } : {});
  for (let i = 0; i < 3; i++) await model.trainOnBatch(inputs(y.length), y as never);
  await model.fit(inputs(y.length), y as never, { validationData: [inputs(y.length), y as never] });
  expect(warned).toHaveBeenCalledOnce();
  expect(warned).toHaveBeenCalledWith(expect.stringContaining(message ?? ''));
  await build(loss, units, accuracy ? { metrics: ['accuracy'] } : {}).fit(
    inputs(y.length),
    y as never,
  );
  expect(warned).toHaveBeenCalledTimes(2);
});

const refused: readonly (Case & { readonly error: string })[] = [
  {
    name: 'labels -1 and 1',
    loss: 'binaryCrossentropy',
    units: 1,
    y: [1, -1],
    error: 'y: binaryCrossentropy: expected labels 0 and 1, got -1 and 1: (label + 1) / 2',
  },
  {
    name: 'class numbers from 1',
    loss: 'sparseCategoricalCrossentropy',
    units: 3,
    y: [1, 3, 2],
    error:
      'y[1]: expected a class number from 0 to 2, one for each unit, got 3; the numbers begin at 1: take 1 off',
  },
  {
    name: 'more classes than units',
    loss: 'sparseCategoricalCrossentropy',
    units: 3,
    y: [0, 4],
    error: 'y[1]: expected a class number from 0 to 2, one for each unit, got 4',
  },
  {
    name: 'a fraction of a class',
    loss: 'sparseCategoricalCrossentropy',
    units: 3,
    y: [0.5],
    error: 'y[0]: expected a class number from 0 to 2, one for each unit, got 0.5',
  },
  {
    name: 'class numbers for the loss of one-hot rows',
    loss: 'categoricalCrossentropy',
    units: 3,
    y: [0, 1, 2, 1],
    error:
      'y: expected shape [batch, 3], got [4]; class numbers go with sparseCategoricalCrossentropy',
  },
  {
    name: 'columns of class numbers for the loss of one-hot rows',
    loss: 'categoricalCrossentropy',
    units: 3,
    y: [[0], [2]],
    error: 'class numbers go with sparseCategoricalCrossentropy',
  },
  {
    name: 'one-hot rows for the loss of class numbers',
    loss: 'sparseCategoricalCrossentropy',
    units: 3,
    y: [[0, 0, 1]],
    error: 'y: expected shape [batch, 1], got [1, 3]; one-hot rows go with categoricalCrossentropy',
  },
  {
    name: 'one-hot rows for one output',
    loss: 'binaryCrossentropy',
    units: 1,
    y: [[0, 1]],
    error: 'one-hot rows of two classes go with categoricalCrossentropy and two units with softmax',
  },
];

test.each(refused)('refuses $name, saying what to do', async ({ loss, units, y, error }) => {
  const model = build(loss, units);
  await expect(model.fit(inputs(y.length), y as never)).rejects.toThrow(error);
  await expect(model.fit([[inputs(y.length), y]] as never)).rejects.toThrow(error);
  await expect(model.evaluate(inputs(y.length), y as never)).rejects.toThrow(error);
});

test('what stands in the padding of targets does not matter', async () => {
  const model = build('sparseCategoricalCrossentropy', 3, { sequences: true });
  const x = tensor(new Float32Array(8), [2, 2, 2], { lengths: [2, 1] });
  const y = (last: number) => tensor([0, 2, 1, last], [2, 2, 1]);
  await expect(model.evaluate(x as never, y(-1) as never)).resolves.toHaveProperty('loss');
  const full = tensor(new Float32Array(8), [2, 2, 2]);
  await expect(model.evaluate(full as never, y(-1) as never)).rejects.toThrow(
    'y[1][1]: expected a class number from 0 to 2, one for each unit, got -1',
  );
});

test('one-hot steps of sequences and their class numbers are told apart', async () => {
  const x = tensor(new Float32Array(8), [2, 2, 2]) as never;
  const oneHot = tensor(new Float32Array(12), [2, 2, 3]) as never;
  const numbers = tensor(new Float32Array(4), [2, 2]) as never;
  await expect(
    build('sparseCategoricalCrossentropy', 3, { sequences: true }).fit(x, oneHot),
  ).rejects.toThrow('got [2, 2, 3]; one-hot rows go with categoricalCrossentropy');
  await expect(
    build('categoricalCrossentropy', 3, { sequences: true }).fit(x, numbers),
  ).rejects.toThrow('got [2, 2]; class numbers go with sparseCategoricalCrossentropy');
});

describe('a validation split of examples that are sorted by class', () => {
  const sorted = Array.from({ length: 2000 }, (_, i) => Math.floor(i / 500));
  const mixed = sorted.map((_, i) => i % 4);
  const oneHot = (classes: readonly number[]) =>
    classes.map((number) => [0, 1, 2, 3].map((k) => (k === number ? 1 : 0)));
  const cases: readonly (readonly [
    string,
    keyof typeof activations,
    number,
    readonly unknown[],
  ])[] = [
    ['class numbers', 'sparseCategoricalCrossentropy', 4, sorted],
    ['in descending order', 'sparseCategoricalCrossentropy', 4, [...sorted].reverse()],
    ['in groups', 'sparseCategoricalCrossentropy', 4, sorted.map((k) => (k * 3) % 4)],
    ['one-hot rows', 'categoricalCrossentropy', 4, oneHot(sorted)],
    ['labels', 'binaryCrossentropy', 1, sorted.map((k) => (k < 3 ? 0 : 1))],
  ];

  test.each(cases)('is warned of: %s', async (_, loss, units, y) => {
    const model = build(loss, units);
    await model.fit(inputs(y.length), y as never, { validationSplit: 0.2 });
    await model.fit(inputs(y.length), y as never, { validationSplit: 0.2 });
    expect(warned).toHaveBeenCalledOnce();
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('Shuffle x and y together'));
  });

  const fine: typeof cases = [
    ['examples in any order', 'sparseCategoricalCrossentropy', 4, mixed],
    ['one-hot rows in any order', 'categoricalCrossentropy', 4, oneHot(mixed)],
    ['one class', 'sparseCategoricalCrossentropy', 4, sorted.map(() => 1)],
    ['a few that are in order by chance', 'binaryCrossentropy', 1, [0, 1, 1, 1]],
    ['values', 'mse', 1, sorted],
  ];

  test.each(fine)('is not seen in %s', async (_, loss, units, y) => {
    await build(loss, units).fit(inputs(y.length), y as never, { validationSplit: 0.25 });
    expect(warned).not.toHaveBeenCalled();
  });

  test('is no matter without a split', async () => {
    await build('sparseCategoricalCrossentropy', 4).fit(inputs(2000), sorted as never);
    expect(warned).not.toHaveBeenCalled();
  });
});

test('logits take the same targets', async () => {
  const model = keep(sequential([layers.dense(1)], { inputShape: [1], thread: 'main' }));
  model.compile({ loss: losses.binaryCrossentropy({ fromLogits: true }) });
  await expect(model.fit([[1], [2]], [-1, 1])).rejects.toThrow('expected labels 0 and 1');
});
