import { expect, test } from 'vitest';
import {
  type Activation,
  type CompileOptions,
  type Layer,
  layers,
  losses,
  metrics,
  sequential,
} from '../ts/index.ts';

const binary = losses.binaryCrossentropy;
const categorical = losses.categoricalCrossentropy;
const sparse = losses.sparseCategoricalCrossentropy;
const logits = { fromLogits: true };

const compile = (last: readonly Layer[], options: CompileOptions) => {
  const model = sequential([layers.lstm(4), ...last], { inputShape: [null, 1] });
  return () => model.compile(options);
};
const dense = (units: number, activation: Activation = 'linear') => [
  layers.dense(units, { activation }),
];

const good: readonly (readonly [string, readonly Layer[], CompileOptions])[] = [
  ['sigmoid and binary', dense(1, 'sigmoid'), { loss: binary() }],
  ['several sigmoids and binary', dense(3, 'sigmoid'), { loss: binary(), metrics: ['accuracy'] }],
  ['hard sigmoid and binary', dense(1, 'hardSigmoid'), { loss: binary() }],
  ['softmax of two and binary', dense(2, 'softmax'), { loss: binary() }],
  ['logits and binary', dense(1), { loss: binary(logits) }],
  ['softmax and categorical', dense(3, 'softmax'), { loss: categorical() }],
  ['softmax and sparse', dense(3, 'softmax'), { loss: sparse() }],
  ['what is divided by its sum', dense(3, 'softplus'), { loss: categorical() }],
  ['sigmoids and sparse', dense(3, 'sigmoid'), { loss: sparse() }],
  ['logits and sparse', dense(3), { loss: sparse(logits) }],
  ['relu as logits', dense(3, 'relu'), { loss: categorical(logits) }],
  ['an LSTM as logits', [], { loss: sparse(logits) }],
  [
    'softmax in a layer of its own, before dropout',
    [...dense(3), layers.activation('softmax'), layers.dropout(0.1)],
    { loss: sparse() },
  ],
  [
    'softmax and a linear activation',
    [...dense(3, 'softmax'), layers.activation('linear')],
    { loss: sparse() },
  ],
  ['values and accuracy', dense(1, 'sigmoid'), { loss: 'mse', metrics: ['accuracy'] }],
  [
    'a metric of logits',
    dense(1),
    { loss: binary(logits), metrics: [metrics.binaryCrossentropy(logits)] },
  ],
];

test.each(good)('compile takes %s', (_, last, options) => {
  expect(compile(last, options)).not.toThrow();
});

test('compile takes cross-entropy of what comes in', () => {
  const model = sequential([layers.dropout(0.1)], { inputShape: [3] });
  expect(() => model.compile({ loss: 'categoricalCrossentropy' })).not.toThrow();
});

const bad: readonly (readonly [string, readonly Layer[], CompileOptions, string])[] = [
  [
    'any numbers and binary',
    dense(1),
    { loss: binary() },
    `compile: loss: binaryCrossentropy: expected probabilities, got activation "linear" of "dense": give it 'sigmoid', or take losses.binaryCrossentropy({ fromLogits: true })`,
  ],
  ['relu and binary', dense(1, 'relu'), { loss: binary() }, 'expected probabilities'],
  ['softplus and binary', dense(1, 'softplus'), { loss: binary() }, 'expected probabilities'],
  ['tanh and sparse', dense(3, 'tanh'), { loss: sparse() }, "give it 'softmax'"],
  ['relu and categorical', dense(3, 'relu'), { loss: categorical() }, 'expected probabilities'],
  ['an LSTM and sparse', [], { loss: sparse() }, 'got activation "tanh" of "lstm"'],
  [
    'softmax as logits',
    dense(3, 'softmax'),
    { loss: sparse(logits) },
    'compile: loss: sparseCategoricalCrossentropy: expected logits, got activation "softmax" of "dense": leave out fromLogits, or the activation',
  ],
  ['sigmoid as logits', dense(1, 'sigmoid'), { loss: binary(logits) }, 'expected logits'],
  [
    'classes and one output',
    dense(1, 'sigmoid'),
    { loss: sparse() },
    'expected an output for each class, got 1',
  ],
  [
    'a metric of probabilities beside logits',
    dense(1),
    { loss: binary(logits), metrics: ['mae', 'binaryCrossentropy'] },
    'compile: metrics[1]: binaryCrossentropy: expected probabilities',
  ],
];

test.each(bad)('compile refuses %s', (_, last, options, error) => {
  expect(compile(last, options)).toThrow(error);
  expect(compile(last, options)).toThrow(expect.objectContaining({ name: 'SpecError' }) as Error);
});

test('a refused compile leaves the one before', async () => {
  await using model = sequential(dense(2), { inputShape: [1], thread: 'main' });
  model.compile({ loss: 'mse' });
  expect(() => model.compile({ loss: 'sparseCategoricalCrossentropy' })).toThrow('probabilities');
  expect(Object.keys(await model.evaluate([1], [[1, 2]]))).toEqual(['loss']);
});
