import { expect, test } from 'vitest';
import { scalers, tensor } from '../ts/index.ts';

test('a standard scaler gives mean 0 and deviation 1, feature by feature', () => {
  const scaler = scalers.standard().fit([
    [1, 10],
    [2, 30],
    [3, 50],
  ]);
  const deviation = Math.sqrt(2 / 3);
  const scaled = scaler.transform([
    [1, 10],
    [2, 30],
    [4, 10],
  ]);
  const expected = [
    [-1 / deviation, -1 / deviation],
    [0, 0],
    [2 / deviation, -1 / deviation],
  ];
  scaled
    .flat()
    .forEach((value, i) => expect(value).toBeCloseTo(expected.flat()[i] ?? Number.NaN, 12));
});

test('a min-max scaler gives 0 to 1', () => {
  const scaler = scalers.minMax().fit([2, 4, 6]);
  expect(scaler.transform([2, 3, 6, 8])).toEqual([0, 0.25, 1, 1.5]);
});

test('a large offset costs no precision', () => {
  const scaler = scalers.standard().fit([1e9, 1e9 + 1, 1e9 + 2]);
  expect(scaler.toJSON().scale[0]).toBeCloseTo(Math.sqrt(2 / 3), 9);
});

test('a feature that never changes is only moved', () => {
  expect(
    scalers
      .standard()
      .fit([[5], [5]])
      .transform([[6]]),
  ).toEqual([[1]]);
  expect(
    scalers
      .minMax()
      .fit([[5], [5]])
      .transform([[6]]),
  ).toEqual([[1]]);
});

const shapes = [
  { name: 'a list', data: [1, 2, 3] },
  {
    name: 'vectors',
    data: [
      [1, 2],
      [3, 5],
    ],
  },
  {
    name: 'ragged sequences',
    data: [
      [[1, 2]],
      [
        [3, 5],
        [4, 7],
      ],
    ],
  },
];

test.each(shapes)('inverse undoes transform of $name, in its shape', ({ data }) => {
  for (const scaler of [scalers.standard(), scalers.minMax()]) {
    const back: unknown = scaler.fit(data).inverse(scaler.transform(data));
    expect(
      JSON.stringify(back, (_, v: unknown) =>
        typeof v === 'number' ? Math.round(v * 1e9) / 1e9 : v,
      ),
    ).toBe(JSON.stringify(data));
  }
});

test('padding of a tensor is not learned from', () => {
  const padded = tensor([1, 99, 3, 5], [2, 2, 1], { lengths: [1, 2] });
  expect(scalers.minMax().fit(padded).toJSON()).toEqual({
    type: 'minMax',
    offset: [1],
    scale: [4],
  });
  expect([
    ...scalers
      .minMax()
      .fit([1, 3])
      .transform(tensor([1, 3], [2, 1])).data,
  ]).toEqual([0, 1]);
});

test('a scaler is plain data, and comes back from it', () => {
  const scaler = scalers.standard().fit([
    [1, 10],
    [3, 30],
  ]);
  const stored: unknown = JSON.parse(JSON.stringify({ scaler }));
  const restored = scalers.fromJSON((stored as { scaler: unknown }).scaler);
  expect(restored.transform([[5, 50]])).toEqual(scaler.transform([[5, 50]]));
  expect(restored.select([1]).transform([[30]])).toEqual([[1]]);
});

const bad: readonly { name: string; use: () => unknown; error: string }[] = [
  {
    name: 'use before fit',
    use: () => scalers.standard().transform([1]),
    error: 'scaler: call fit first',
  },
  {
    name: 'NaN',
    use: () => scalers.standard().fit([1, Number.NaN]),
    error: 'scaler: feature 0: expected finite numbers, got NaN',
  },
  {
    name: 'nothing',
    use: () => scalers.standard().fit([]),
    error: 'scaler: expected at least one value, got none',
  },
  {
    name: 'another number of features',
    use: () =>
      scalers
        .standard()
        .fit([[1, 2]])
        .transform([[1]]),
    error: 'scaler: data: expected 2 features, got 1',
  },
  {
    name: 'rows of different lengths',
    use: () => scalers.standard().fit([[1, 2], [1]]),
    error: 'expected 2 features, got 1',
  },
  {
    name: 'other JSON',
    use: () => scalers.fromJSON({ type: 'log' }),
    error: 'scalers.fromJSON: expected what toJSON gave',
  },
];

test.each(bad)('a scaler refuses $name', ({ use, error }) => {
  expect(use).toThrow(error);
});
