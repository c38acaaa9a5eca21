import { describe, expect, test, vi } from 'vitest';
import { type InputShape, isShapeError, layers, sequential, tensor } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';

const keep = keeper();

const build = (inputShape: InputShape) => {
  const layer = inputShape.length === 2 ? layers.lstm(2) : layers.dense(2);
  const model = sequential([layer, layers.dense(1)], { inputShape, thread: 'main' });
  model.compile({ loss: 'mse' });
  return keep(model);
};

const zeros = (...shape: number[]) =>
  tensor(new Float32Array(shape.reduce((a, b) => a * b, 1)), shape);

const bad: readonly (readonly [string, InputShape, unknown, string])[] = [
  [
    'one sequence',
    [null, 2],
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    'x: expected shape [batch, time, 2], got [3, 2]; one example is [x]',
  ],
  ['one sequence of single values', [null, 1], [1, 2, 3], 'one example is [x]'],
  [
    'one sequence of a fixed length',
    [3, 1],
    [[1], [2], [3]],
    'x: expected shape [batch, 3, 1], got [3, 1]; one example is [x]',
  ],
  ['one vector', [3], [1, 2, 3], 'x: expected shape [batch, 3], got [3]; one example is [x]'],
  [
    'one sequence as a tensor',
    [null, 2],
    zeros(3, 2),
    'got [3, 2]; one example is tensor(x.data, [1, 3, 2])',
  ],
  [
    'values in a row',
    [null, 2],
    new Float32Array(12),
    'got [12]; examples in a row are tensor(x, [batch, time, 2])',
  ],
  ['vectors in a row', [3], new Float64Array(6), 'examples in a row are tensor(x, [2, 3])'],
  [
    'single values in a row',
    [null, 1],
    new Float32Array(6),
    'one example is [x], several in a row are tensor(x, [batch, time, 1])',
  ],
  [
    'time before batch',
    [4, 2],
    zeros(4, 6, 2),
    'x: expected shape [batch, 4, 2], got [4, 6, 2]; it looks time-major, [time, batch, features]',
  ],
  ['time before batch, nested', [4, 2], zeros(4, 6, 2).toArray(), 'it looks time-major'],
  ['an empty sequence in front', [null, 1], [[], [1, 2]], 'x[0]: expected at least one time step'],
  ['an empty sequence of vectors in front', [null, 2], [[], [[1, 2]]], 'x[0]: expected at least'],
  ['empty sequences only', [null, 2], [[], []], 'x[0]: expected at least one time step'],
  ['another number of axes', [null, 2], [[[[1]]]], 'got [1, 1, 1, 1]'],
];

test.each(bad)('%s: refused, saying what to do', async (_, shape, x, error) => {
  await expect(build(shape).predict(x as never)).rejects.toThrow(error);
});

test('where the targets tell, time before batch is seen in open lengths too', async () => {
  const fit = build([null, 2]).fit(zeros(4, 6, 2) as never, zeros(6, 1) as never);
  await expect(fit).rejects.toThrow(
    'y: expected 4 examples, as many as x has, got 6; of x: it looks time-major',
  );
});

describe('where lengths tell, time before batch is seen', () => {
  test('by their number', () => {
    expect(() => tensor(new Float32Array(8), [4, 2, 1], { lengths: [4, 1] })).toThrow(
      'got 2 for shape [4, 2, 1]; it looks time-major, [time, batch, features]',
    );
  });

  test('in squares, by the padding', async () => {
    // Three sequences of 3, 1 and 2 steps.
    const batchMajor = [1, 2, 3, 4, 0, 0, 5, 6, 0];
    const timeMajor = [1, 4, 5, 2, 0, 6, 3, 0, 0];
    const lengths = [3, 1, 2];
    const model = build([null, 1]);
    await expect(
      model.predict(tensor(timeMajor, [3, 3, 1], { lengths }) as never),
    ).rejects.toSatisfy(isShapeError);
    for (const data of [batchMajor, batchMajor.map((value) => value || -9)]) {
      const result = await model.predict(tensor(data, [3, 3, 1], { lengths }) as never);
      expect(result.shape).toEqual([3, 1]);
    }
  });
});

test('one sequence that reads as many of one step is warned of, once', async () => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  try {
    const model = build([null, 1]);
    await model.predict([[1], [2], [3]] as never);
    await model.predict(zeros(3, 1) as never);
    expect(warned.mock.calls).toEqual([
      ['unrolled: predict: x is read as 3 sequences of one step; one sequence of 3 steps is [x]'],
    ]);
    warned.mockClear();
    const other = build([null, 1]);
    await other.predict([[[1]], [[2]]] as never);
    await other.predict([[1, 2], [3]] as never);
    await build([1, 1]).predict([[1], [2]] as never);
    expect(warned).not.toHaveBeenCalled();
  } finally {
    warned.mockRestore();
  }
});
