import { describe, expect, test } from 'vitest';
import { encoders, layers, sequential, tensor } from '../ts/index.ts';
import { keeper } from './support/models.ts';

const keep = keeper();
const weather = encoders.labels().fit(['sun', 'rain', 'snow', 'rain']);

test('labels have class numbers in ascending order, whatever the order of the data', () => {
  expect(weather.classes).toEqual(['rain', 'snow', 'sun']);
  expect(weather.transform(['sun', 'rain'])).toEqual([2, 0]);
  expect(encoders.labels().fit([10, 9, -1]).classes).toEqual([-1, 9, 10]);
  expect(encoders.labels().fit(Uint8Array.of(7, 3)).transform([3, 7])).toEqual([0, 1]);
});

test('one-hot rows have a column for each class', () => {
  const rows = weather.oneHot(['sun', 'rain']);
  expect(rows.toArray()).toEqual([
    [0, 0, 1],
    [1, 0, 0],
  ]);
});

const yesNo = encoders.labels().fit(['no', 'yes']);
const answers: readonly (readonly [name: string, got: unknown, expected: unknown])[] = [
  ['class numbers', weather.inverse([2, 0]), ['sun', 'rain']],
  ['typed class numbers', weather.inverse(Uint8Array.of(1)), ['snow']],
  ['one-hot rows', weather.inverse(weather.oneHot(['snow', 'sun'])), ['snow', 'sun']],
  ['probabilities', weather.inverse(tensor([0.2, 0.7, 0.1], [1, 3])), ['snow']],
  ['nested probabilities', weather.inverse([[0.2, 0.1, 0.7]]), ['sun']],
  ['argMax', weather.inverse(tensor([0.2, 0.7, 0.1], [1, 3]).argMax()), ['snow']],
  ['one output', yesNo.inverse(tensor([0.49, 0.5, 0.9], [3, 1])), ['no', 'yes', 'yes']],
];

test.each(answers)('labels come back from %s', (_, got, expected) => {
  expect(got).toEqual(expected);
});

test('an encoder is plain data, and comes back from it', () => {
  const stored = JSON.parse(JSON.stringify({ weather })) as { readonly weather: unknown };
  expect(stored.weather).toEqual({ type: 'labels', classes: ['rain', 'snow', 'sun'] });
  const restored = encoders.fromJSON(stored.weather);
  expect(restored.transform(['snow'])).toEqual([1]);
  expect(restored.inverse([0])).toEqual(['rain']);
});

test('a classifier is trained on labels and answers with them', async () => {
  const x = Array.from({ length: 60 }, (_, i) => [i % 3 === 0 ? 1 : 0, i % 3 === 1 ? 1 : 0]);
  const labels = x.map((_, i) => weather.classes[i % 3] ?? 'rain');
  const model = keep(
    sequential([layers.dense(3, { activation: 'softmax' })], { inputShape: [2], thread: 'main' }),
  );
  model.compile({ loss: 'sparseCategoricalCrossentropy', optimizer: 'adam' });
  await model.fit(x, weather.transform(labels), { epochs: 1500 });
  expect(weather.inverse(await model.predict(x.slice(0, 3)))).toEqual(['rain', 'snow', 'sun']);
});

describe('refuses, saying what was expected:', () => {
  const any = (value: unknown) => value as never;
  test.each([
    ['use before fit', () => encoders.labels().transform(['a']), 'encoder: call fit first'],
    ['no labels', () => encoders.labels().fit([]), 'labels: expected at least one label, got none'],
    ['both kinds', () => encoders.labels().fit(['1', 2]), 'expected strings, or numbers, got 2'],
    ['NaN', () => encoders.labels().fit([Number.NaN]), 'expected strings, or numbers, got NaN'],
    [
      'an unknown label',
      () => weather.transform(any(['rain', 'fog'])),
      'encoder: labels[1]: expected one of 3 known labels, such as "rain", got "fog"',
    ],
    [
      'an unknown class',
      () => weather.inverse([3]),
      'encoder: data[0]: expected a class number from 0 to 2, got 3',
    ],
    ['rows of another size', () => weather.inverse([[1, 2]]), 'data[0]: expected 3 values, got 2'],
    ['other JSON', () => encoders.fromJSON({ type: 'labels' }), 'expected what toJSON gave'],
    [
      'a label twice',
      () => encoders.fromJSON({ type: 'labels', classes: ['a', 'a'] }),
      'expected what toJSON gave',
    ],
  ])('%s', (_, use, error) => {
    expect(use).toThrow(error);
  });
});
