import { describe, expect, test } from 'vitest';
import { type Tensor, tensor } from '../ts/index.ts';

const vector = tensor([3, 1, 2], [3]);
const matrix = tensor([1, 5, 2, 7, 7, 0], [2, 3]);
/** Two sequences, the second of one step; what follows is padding. */
const ragged = tensor([1, 2, 3, 4, 8, 7, 99, 99], [2, 2, 2], { lengths: [2, 1] });

test('at gives one value; negative indices count from the end', () => {
  expect([vector.at(0), vector.at(-1)]).toEqual([3, 2]);
  expect([matrix.at(1, 0), matrix.at(-2, -1), matrix.at(0, 1)]).toEqual([7, 2, 5]);
  expect([ragged.at(0, -1, 0), ragged.at(1, -1, 1)]).toEqual([3, 7]);
});

test.each([
  [() => matrix.at(2, 0), 'at: index 0: expected a whole number from -2 to 1, got 2'],
  [() => matrix.at(0, -4), 'at: index 1: expected a whole number from -3 to 2, got -4'],
  [() => matrix.at(0, 0.5), 'at: index 1: expected a whole number'],
  [() => ragged.at(1, 1, 0), 'at: index 1: expected a whole number from -1 to 0, got 1'],
  [() => (matrix as Tensor<number>).at(1), 'at: expected 2 indices, got [1]'],
  [() => matrix.argMax(2), 'argMax: axis: expected a whole number from -2 to 1, got 2'],
])('where there is nothing: %s', (use, error) => {
  expect(use).toThrow(expect.objectContaining({ name: 'ShapeError' }) as Error);
  expect(use).toThrow(error);
});

test('rows and iteration give what lies along the first axis, without a copy', () => {
  expect([...vector]).toEqual([3, 1, 2]);
  expect(matrix.rows()).toEqual([Float32Array.of(1, 5, 2), Float32Array.of(7, 7, 0)]);
  for (const row of matrix) expect(row.buffer).toBe(matrix.data.buffer);
  const [first, second] = ragged.rows();
  expect(first?.shape).toEqual([2, 2]);
  expect(second?.toArray()).toEqual([[8, 7]]);
  expect(second?.data.buffer).toBe(ragged.data.buffer);
  const steps: number[][] = [];
  for (const sequence of ragged) for (const step of sequence) steps.push([...step]);
  expect(steps).toEqual([
    [1, 2],
    [3, 4],
    [8, 7],
  ]);
});

describe('argMax gives the place of the largest value, the first of equals', () => {
  test('along the last axis', () => {
    expect(vector.argMax()).toBe(0);
    expect(matrix.argMax().toArray()).toEqual([1, 0]);
    expect(tensor([0, 1, 1, 0, 2, 3], [1, 3, 2]).argMax().toArray()).toEqual([[1, 0, 1]]);
  });

  test('along any axis', () => {
    expect(matrix.argMax(0).toArray()).toEqual([1, 1, 0]);
    expect(matrix.argMax(-2).toArray()).toEqual([1, 1, 0]);
    expect(tensor([-2, -1], [2]).argMax()).toBe(1);
  });

  test('leaving padding out', () => {
    expect(ragged.argMax().toArray()).toEqual([[1, 1], [0]]);
    expect(ragged.argMax(1).toArray()).toEqual([
      [1, 1],
      [0, 0],
    ]);
    expect(ragged.argMax(0).toArray()).toEqual([
      [1, 1],
      [0, 0],
    ]);
  });
});

test('a tensor can be read in text and in the console', () => {
  expect(String(matrix)).toBe('Tensor [2, 3]: 1, 5, 2, 7, 7, 0');
  expect(`${tensor(new Float32Array(100).fill(0.1), [100])}`).toBe(
    'Tensor [100]: 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, …',
  );
});

test.each([
  [
    () =>
      tensor(
        [
          [1, 2],
          [3, 4],
        ] as never,
        [2, 2],
      ),
    'tensor: expected 4 values for shape [2, 2], got 2; nested arrays need no tensor()',
  ],
  [() => tensor(['1'] as never, [1]), 'tensor: [0]: expected a number, got "1"'],
  [() => tensor([1], 1 as never), 'tensor: expected a shape of whole numbers, got 1'],
  [
    () => tensor([1], [1, 1, 1], { lengths: [0.5] }),
    'lengths[0]: expected a whole number, got 0.5',
  ],
  [() => tensor([1], [1], { length: [1] } as never), 'did you mean "lengths"?'],
])('a tensor is not made of %s', (make, error) => {
  expect(make).toThrow(error);
});
