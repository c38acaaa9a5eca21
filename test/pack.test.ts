import { expect, test } from 'vitest';
import { tensor } from '../ts/index.ts';
import { checkPair, pack } from '../ts/pack.ts';
import type { Shape } from '../ts/spec.ts';

interface Good {
  readonly name: string;
  readonly value: unknown;
  readonly shape: Shape;
  readonly data: readonly number[];
  readonly packed: readonly number[];
  readonly lengths?: readonly number[];
}

const good: readonly Good[] = [
  {
    name: 'vectors',
    value: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    shape: [2],
    data: [1, 2, 3, 4, 5, 6],
    packed: [3, 2],
  },
  { name: 'single values', value: [1, 2, 3], shape: [1], data: [1, 2, 3], packed: [3, 1] },
  {
    name: 'a typed array of single values',
    value: Float64Array.of(1, 2),
    shape: [1],
    data: [1, 2],
    packed: [2, 1],
  },
  {
    name: 'sequences',
    value: [
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ],
    shape: [null, 2],
    data: [1, 2, 3, 4, 5, 6, 7, 8],
    packed: [2, 2, 2],
  },
  {
    name: 'sequences of single values',
    value: [[1, 2, 3], Float32Array.of(4, 5, 6)],
    shape: [3, 1],
    data: [1, 2, 3, 4, 5, 6],
    packed: [2, 3, 1],
  },
  {
    name: 'ragged sequences',
    value: [[[1], [2]], [[3]], [[4], [5], [6]]],
    shape: [null, 1],
    data: [1, 2, 0, 3, 0, 0, 4, 5, 6],
    packed: [3, 3, 1],
    lengths: [2, 1, 3],
  },
  {
    name: 'ragged sequences of single values',
    value: [[1], [2, 3]],
    shape: [null, 1],
    data: [1, 0, 2, 3],
    packed: [2, 2, 1],
    lengths: [1, 2],
  },
  {
    name: 'a tensor',
    value: tensor([1, 2, 3, 4], [1, 2, 2]),
    shape: [null, 2],
    data: [1, 2, 3, 4],
    packed: [1, 2, 2],
  },
  {
    name: 'a tensor of single values',
    value: tensor([1, 2, 3, 4], [2, 2]),
    shape: [null, 1],
    data: [1, 2, 3, 4],
    packed: [2, 2, 1],
  },
  {
    name: 'a padded tensor',
    value: tensor([1, 0, 2, 3], [2, 2, 1], { lengths: [1, 2] }),
    shape: [null, 1],
    data: [1, 0, 2, 3],
    packed: [2, 2, 1],
    lengths: [1, 2],
  },
];

test.each(good)('packs $name', ({ value, shape, data, packed, lengths }) => {
  const result = pack(value, { where: 'x', shape });
  expect([...result.data]).toEqual(data);
  expect(result.shape).toEqual(packed);
  expect(result.lengths && [...result.lengths]).toEqual(lengths);
});

const bad: readonly { name: string; value: unknown; shape: Shape; error: string }[] = [
  {
    name: 'nothing',
    value: undefined,
    shape: [1],
    error: 'x: expected nested arrays or a tensor, got undefined',
  },
  {
    name: 'text',
    value: 'abc',
    shape: [1],
    error: 'x: expected nested arrays or a tensor, got "abc"',
  },
  {
    name: 'no examples',
    value: [],
    shape: [1],
    error: 'x: expected at least one example, got none',
  },
  {
    name: 'too few levels',
    value: [[1, 2]],
    shape: [null, 2],
    error: 'x: expected shape [batch, time, 2], got [1, 2]',
  },
  {
    name: 'too many levels',
    value: [[[1]]],
    shape: [1],
    error: 'x: expected shape [batch, 1], got [1, 1, 1]',
  },
  {
    name: 'another number of features',
    value: [[[1, 2]], [[1]]],
    shape: [null, 2],
    error: 'x[1][0]: expected 2 features, got 1',
  },
  {
    name: 'another number of steps',
    value: [[[1], [2]]],
    shape: [3, 1],
    error: 'x[0]: expected 3 time steps, got 2',
  },
  {
    name: 'an empty sequence',
    value: [[[1]], []],
    shape: [null, 1],
    error: 'x[1]: expected at least one time step, got none',
  },
  {
    name: 'NaN',
    value: [[1, Number.NaN]],
    shape: [2],
    error: 'x[0][1]: expected a finite number, got NaN',
  },
  {
    name: 'text among numbers',
    value: [[1, '2']],
    shape: [2],
    error: 'x[0][1]: expected a finite number, got "2"',
  },
  {
    name: 'a hole',
    value: [[1, 2], undefined],
    shape: [2],
    error: 'x[1]: expected an array, got undefined',
  },
  {
    name: 'a tensor of another shape',
    value: tensor([1, 2, 3, 4], [2, 2]),
    shape: [3],
    error: 'x: expected shape [batch, 3], got [2, 2]',
  },
  {
    name: 'lengths beyond the padding',
    value: tensor([1, 2], [1, 2, 1], { lengths: [3] }),
    shape: [null, 1],
    error: 'x: lengths[0]: expected 1 to 2 steps, got 3',
  },
];

test.each(bad)('refuses $name, saying where', ({ value, shape, error }) => {
  expect(() => pack(value, { where: 'x', shape })).toThrow(error);
});

const x = pack([[[1], [2]], [[3]]], { where: 'x', shape: [null, 1] });
const pairs = [
  {
    name: 'fewer targets',
    y: pack([1], { where: 'y', shape: [1] }),
    error: 'y: expected 2 examples, as many as x has, got 1',
  },
  {
    name: 'targets of other lengths',
    y: pack([[[1]], [[1], [2]]], { where: 'y', shape: [null, 1] }),
    error: 'y[0]: expected 2 time steps, as x[0] has, got 1',
  },
];

test.each(pairs)('refuses $name', ({ y, error }) => {
  expect(() => checkPair(x, y)).toThrow(error);
});

test('a tensor turns back into nested arrays, without the padding', () => {
  expect(tensor([1, 2, 3, 4], [2, 2]).toArray()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(tensor([1, 0, 2, 3], [2, 2, 1], { lengths: [1, 2] }).toArray()).toEqual([
    [[1]],
    [[2], [3]],
  ]);
  expect(() => tensor([1, 2, 3], [2, 2])).toThrow(
    'tensor: expected 4 values for shape [2, 2], got 3',
  );
});
