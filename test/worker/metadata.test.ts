import { expect, test } from 'vitest';
import { isCheckpointError } from '../../ts/index.ts';
import { readMetadata } from '../../ts/worker/metadata.ts';

const training = {
  epoch: 2,
  batch: 3,
  order: 2,
  trained: null,
  examples: 100,
  batchSize: 32,
  shuffle: true,
  history: [{ epoch: 1, logs: { loss: 0.5, mae: null, valLoss: 0.25 } }],
  stopping: [{ best: 0.5, bestEpoch: 1, wait: 0 }],
};
const saved = { name: 'mine', metadata: { scaler: [1, 2] }, training };
const read = (metadata: unknown) => readMetadata({ metadata, metrics: ['loss', 'mae'] });

test('what was saved comes back, NaN included', () => {
  const back = read(JSON.stringify(saved));
  expect(back).toEqual({
    ...saved,
    training: {
      ...training,
      history: [{ epoch: 1, logs: { loss: 0.5, mae: Number.NaN, valLoss: 0.25 } }],
    },
  });
});

test('a file of others has no metadata, or some of it', () => {
  expect(read(null)).toBeNull();
  expect(read({ name: 'lstm' })).toEqual({ name: 'lstm', metadata: {}, training: null });
  expect(read('{}')).toEqual({ name: 'sequential', metadata: {}, training: null });
});

const values = [null, -1, 0.5, 1e300, 'x', [], {}, true, [null], [{}]];

/** Every field with every value that it must not have. */
const changes = [
  ...Object.keys(training).flatMap((key) =>
    [undefined, ...values].map((value) => ({ path: `training.${key}`, key, value })),
  ),
].filter(({ key, value }) => {
  const list = Array.isArray(value) && value.length === 0;
  if (value === null) return key !== 'trained' && key !== 'examples';
  if (value === true) return key !== 'shuffle';
  return !(list && (key === 'history' || key === 'stopping'));
});

test.each(changes)('$path must not be $value', ({ path, key, value }) => {
  const wrong = { ...saved, training: { ...training, [key]: value } };
  expect(() => read(JSON.stringify(wrong))).toThrow(expect.toSatisfy(isCheckpointError));
  expect(() => read(JSON.stringify(wrong))).toThrow(`metadata.${path}`);
});

const wholes: readonly { name: string; metadata: unknown; message: string }[] = [
  { name: 'no JSON', metadata: '{oops', message: 'metadata: expected JSON, got "{oops"' },
  { name: 'a number', metadata: '5', message: 'metadata: expected an object, got 5' },
  { name: 'null as JSON', metadata: 'null', message: 'metadata: expected an object, got null' },
  { name: 'a list', metadata: [1], message: 'metadata: expected an object, got [1]' },
  { name: 'a name that is none', metadata: { name: 5 }, message: 'metadata.name: expected a text' },
  {
    name: 'metadata that are no object',
    metadata: { metadata: 'abc' },
    message: 'metadata.metadata: expected an object, got "abc"',
  },
  {
    name: 'a field that nobody knows',
    metadata: { version: 2 },
    message: 'metadata: expected only name, metadata, training, got "version"',
  },
  {
    name: 'more batches than an epoch has',
    metadata: { training: { ...training, batch: 5 } },
    message: 'metadata.training.batch: expected at most 4, the batches of an epoch, got 5',
  },
  {
    name: 'sums of other metrics',
    metadata: { training: { ...training, trained: [1] } },
    message: 'metadata.training.trained: expected 2 numbers, of loss, mae, got [1]',
  },
  ...['constructor', '__proto__', 'mse'].map((key) => ({
    name: `a history of ${key}`,
    metadata: JSON.stringify({
      training: { ...training, history: [{ epoch: 0, logs: { loss: 1 } }] },
    }).replace('"loss"', JSON.stringify(key)),
    message: `metadata.training.history[0].logs: expected only loss, mae, valLoss, valMae, got "${key}"`,
  })),
];

test.each(wholes)('$name is refused', ({ metadata, message }) => {
  expect(() => read(metadata)).toThrow(`checkpoint: ${message}`);
});
