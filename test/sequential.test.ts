import { describe, expect, test } from 'vitest';
import {
  constraints,
  initializers,
  type Layer,
  layers,
  regularizers,
  sequential,
} from '../ts/index.ts';

test('a model is plain data, with every default filled in', () => {
  const model = sequential(
    [
      layers.lstm(20, { returnSequences: true, name: 'encoder' }),
      layers.timeDistributed(layers.dense(10, { activation: 'swish' })),
    ],
    { inputShape: [null, 1], seed: 42 },
  );
  expect(model.spec).toEqual({
    inputs: [{ name: 'input', shape: [null, 1] }],
    nodes: [
      {
        name: 'encoder',
        layer: {
          type: 'lstm',
          units: 20,
          activation: 'tanh',
          recurrentActivation: 'sigmoid',
          useBias: true,
          returnSequences: true,
          goBackwards: false,
          unitForgetBias: true,
          dropout: 0,
          recurrentDropout: 0,
          kernelInitializer: { type: 'glorotUniform' },
          recurrentInitializer: { type: 'orthogonal', gain: 1 },
          biasInitializer: { type: 'zeros' },
          kernelRegularizer: { l1: 0, l2: 0 },
          recurrentRegularizer: { l1: 0, l2: 0 },
          biasRegularizer: { l1: 0, l2: 0 },
          kernelConstraint: {},
          recurrentConstraint: {},
          biasConstraint: {},
        },
        inputs: [['input', 0]],
      },
      {
        name: 'dense',
        layer: {
          type: 'dense',
          units: 10,
          activation: 'silu',
          useBias: true,
          kernelInitializer: { type: 'glorotUniform' },
          biasInitializer: { type: 'zeros' },
          kernelRegularizer: { l1: 0, l2: 0 },
          biasRegularizer: { l1: 0, l2: 0 },
          kernelConstraint: {},
          biasConstraint: {},
        },
        inputs: [['encoder', 0]],
      },
    ],
    outputs: [['dense', 0]],
    seed: 42,
  });
  expect(structuredClone(model.spec)).toEqual(model.spec);
});

test('layers without a name are numbered by their type', () => {
  const model = sequential(
    [
      layers.simpleRNN(2, { returnSequences: true }),
      layers.simpleRNN(2, { name: 'dense' }),
      layers.dense(2),
      layers.dense(2),
    ],
    { inputShape: [null, 1] },
  );
  expect(model.spec.nodes.map(({ name }) => name)).toEqual([
    'simple_rnn',
    'dense',
    'dense_1',
    'dense_2',
  ]);
});

test('options take typed objects', () => {
  const layer = layers.gru(3, {
    kernelInitializer: initializers.truncatedNormal({ stddev: 0.1 }),
    recurrentInitializer: 'glorotNormal',
    kernelRegularizer: regularizers.l2(),
    recurrentRegularizer: { l1: 0.5 },
    biasConstraint: constraints.maxNorm(3),
    resetAfter: false,
  });
  expect(layer).toMatchObject({
    type: 'gru',
    kernelInitializer: { type: 'truncatedNormal', mean: 0, stddev: 0.1 },
    recurrentInitializer: { type: 'glorotNormal' },
    kernelRegularizer: { l1: 0, l2: 0.01 },
    recurrentRegularizer: { l1: 0.5, l2: 0 },
    biasConstraint: { maxNorm: 3 },
    resetAfter: false,
  });
});

test('the summary is a table as Keras prints it', () => {
  const model = sequential(
    [
      layers.lstm(20, { returnSequences: true }),
      layers.gru(8),
      layers.dropout(0.2),
      layers.dense(1),
    ],
    { inputShape: [null, 3], name: 'forecaster' },
  );
  expect(model.summary().replaceAll(/ +$/gm, '')).toBe(
    [
      'Model: "forecaster"',
      '──────────────────────────────────────────',
      'Layer (type)       Output Shape      Param #',
      '──────────────────────────────────────────',
      'lstm (LSTM)        (None, None, 20)    1,920',
      'gru (GRU)          (None, 8)             720',
      'dropout (Dropout)  (None, 8)               0',
      'dense (Dense)      (None, 1)               9',
      '──────────────────────────────────────────',
      'Total params: 2,649 (10.35 KB)',
    ]
      .join('\n')
      .replaceAll('──────────────────────────────────────────', '─'.repeat(44)),
  );
});

/** Calls as JavaScript makes them, without types. */
const loose = (build: () => unknown) => build;
const any = (value: unknown) => value as never;
/** A list whose layers the types do not know. */
const list = (...items: Layer[]): Layer[] => items;

const bad: readonly { name: string; build: () => unknown; error: string }[] = [
  {
    name: 'no layers',
    build: loose(() => sequential([], { inputShape: [null, 1] })),
    error: 'sequential: expected a list of layers, got []',
  },
  {
    name: 'something that is no layer',
    build: loose(() => sequential([any({ type: 'conv' })], { inputShape: [1] })),
    error: 'sequential: layers[0]: expected one of layers.*, got an object of type "conv"',
  },
  {
    name: 'no input shape',
    build: loose(() => sequential([layers.dense(1)], any({}))),
    error: 'sequential: inputShape: expected [time, features] or [features], got undefined',
  },
  {
    name: 'features of any number',
    build: loose(() => sequential([layers.dense(1)], { inputShape: any([3, null]) })),
    error: 'sequential: inputShape[1]: expected a whole number from 1 to 16777215, got null',
  },
  {
    name: 'the same name twice',
    build: loose(() =>
      sequential([layers.dense(1, { name: 'a' }), layers.dense(1, { name: 'a' })], {
        inputShape: [1],
      }),
    ),
    error: 'sequential: layers[1]: expected a name of its own, got "a" again',
  },
  {
    name: 'a recurrent layer after a vector',
    build: loose(() => sequential(list(layers.lstm(2), layers.lstm(2)), { inputShape: [null, 1] })),
    error:
      'lstm_1: expected a sequence [batch, time, features], got [batch, 2]; "lstm" before it needs returnSequences: true',
  },
  {
    name: 'a recurrent layer on vectors',
    build: loose(() => sequential(list(layers.lstm(2)), { inputShape: [10] })),
    error:
      'lstm: expected a sequence [batch, time, features], got [batch, 10]; inputShape: [null, 10] is sequences with 10 features, [10, 1] is 10 steps of one',
  },
  {
    name: 'a recurrent layer after flatten',
    build: loose(() =>
      sequential(list(layers.flatten({ name: 'flat' }), layers.dense(2), layers.gru(2)), {
        inputShape: [3, 2],
      }),
    ),
    error: 'got [batch, 2]; "flat" takes the time steps away',
  },
  {
    name: 'softmax over one unit',
    build: loose(() =>
      sequential([layers.dense(1, { activation: 'softmax' })], { inputShape: [3] }),
    ),
    error:
      "dense: softmax over one unit is always 1: expected a unit for each class, or activation: 'sigmoid'",
  },
  {
    name: 'softmax of one feature in a layer of its own',
    build: loose(() =>
      sequential([layers.dense(1), layers.activation('softmax')], { inputShape: [3] }),
    ),
    error: 'activation: softmax over one unit is always 1',
  },
  {
    name: 'a layer that was not called',
    build: loose(() => sequential([any(layers.lstm)], { inputShape: [1] })),
    error: 'sequential: layers[0]: expected one of layers.*, got a function (not called)',
  },
  {
    name: 'layers that are no list',
    build: loose(() => sequential(any(layers.lstm(2)), any(layers.dense(1)))),
    error: 'sequential: expected a list of layers, got an object of type "lstm"',
  },
  {
    name: 'no options',
    build: loose(() => sequential([layers.dense(1)], any(undefined))),
    error:
      'sequential: expected options { inputShape, seed, name, thread, arithmetic }, got undefined',
  },
  {
    name: 'a name that is no text',
    build: loose(() => sequential([layers.dense(1)], { inputShape: [1], name: any(5) })),
    error: 'sequential: name: expected a text, got 5',
  },
  {
    name: 'an unknown option of an initializer',
    build: loose(() => initializers.randomUniform(any({ min: 1 }))),
    error: 'initializers.randomUniform: unknown option "min"',
  },
  {
    name: 'flatten of any length',
    build: loose(() => sequential(list(layers.flatten()), { inputShape: [null, 1] })),
    error: 'flatten: flatten needs a fixed number of time steps, got [batch, time, 1]',
  },
  {
    name: 'a fraction of a unit',
    build: loose(() => layers.lstm(2.5)),
    error: 'layers.lstm: units: expected a whole number from 1 to 16777215, got 2.5',
  },
  {
    name: 'an unknown activation',
    build: loose(() => layers.dense(1, { activation: any('sine') })),
    error: 'layers.dense: activation: expected one of "linear", "tanh"',
  },
  {
    name: "Keras's name of an activation",
    build: loose(() => layers.dense(1, { activation: any('leaky_relu') })),
    error: 'got "leaky_relu"; did you mean "leakyRelu"?',
  },
  {
    name: 'a misspelt option',
    build: loose(() => layers.gru(1, any({ returnSequence: true }))),
    error: 'layers.gru: unknown option "returnSequence"; did you mean "returnSequences"?',
  },
  {
    name: 'an option in snake case',
    build: loose(() => layers.lstm(1, any({ return_sequences: true }))),
    error: 'layers.lstm: unknown option "return_sequences"; did you mean "returnSequences"?',
  },
  {
    name: 'an option of another layer',
    build: loose(() => layers.simpleRNN(1, any({ resetAfter: true }))),
    error: 'layers.simpleRNN: unknown option "resetAfter"; known options: name,',
  },
  {
    name: 'all inputs dropped',
    build: loose(() => layers.dropout(1)),
    error: 'layers.dropout: rate: expected a number from 0 up to, but not including, 1, got 1',
  },
  {
    name: 'a wrapped recurrent layer',
    build: loose(() => layers.timeDistributed(any(layers.lstm(1)))),
    error:
      'layers.timeDistributed: expected a dense or activation layer, got an object of type "lstm"',
  },
  {
    name: 'a negative seed',
    build: loose(() => sequential([layers.dense(1)], { inputShape: [1], seed: -1 })),
    error: 'sequential: seed: expected a whole number of at least 0, got -1',
  },
  {
    name: 'an unknown thread',
    build: loose(() => sequential([layers.dense(1)], { inputShape: [1], thread: any('gpu') })),
    error: 'sequential: thread: expected one of "worker", "main", got "gpu"',
  },
];

describe('refuses, saying what was expected:', () => {
  test.each(bad)('$name', ({ build, error }) => {
    expect(build).toThrow(error);
    expect(build).toThrow(expect.objectContaining({ name: 'SpecError' }) as Error);
  });
});
