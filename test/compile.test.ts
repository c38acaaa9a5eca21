import { expect, test } from 'vitest';
import { type CompileOptions, losses, metrics, optimizers, schedules } from '../ts/index.ts';
import { compileSpec } from '../ts/compile.ts';

const good: readonly { name: string; options: CompileOptions; spec: object }[] = [
  {
    name: 'names',
    options: {
      loss: 'meanSquaredError',
      optimizer: 'adam',
      metrics: ['mae', 'acc', 'rootMeanSquaredError'],
    },
    spec: {
      loss: { type: 'mse' },
      optimizer: {
        rule: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
        learningRate: { type: 'constant', value: 0.001 },
      },
      metrics: [{ type: 'mae' }, { type: 'accuracy' }, { type: 'rmse' }],
    },
  },
  {
    name: 'typed objects',
    options: {
      loss: losses.huber({ delta: 2 }),
      optimizer: optimizers.sgd({ momentum: 0.9, nesterov: true, clipnorm: 1 }),
      metrics: [metrics.lastStepMse(), metrics.huber()],
    },
    spec: {
      loss: { type: 'huber', delta: 2 },
      optimizer: {
        rule: { type: 'sgd', momentum: 0.9, nesterov: true },
        learningRate: { type: 'constant', value: 0.01 },
        clipnorm: 1,
      },
      metrics: [{ type: 'lastStepMse' }, { type: 'huber', delta: 1 }],
    },
  },
  {
    name: "Keras's default optimizer",
    options: { loss: losses.sparseCategoricalCrossentropy({ fromLogits: true }) },
    spec: {
      loss: { type: 'sparseCategoricalCrossentropy', fromLogits: true },
      optimizer: {
        rule: { type: 'rmsprop', rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false },
        learningRate: { type: 'constant', value: 0.001 },
      },
      metrics: [],
    },
  },
  {
    name: 'schedules and clipping',
    options: {
      loss: 'mae',
      optimizer: optimizers.adamw({
        learningRate: schedules.cosine({
          initial: 0,
          decaySteps: 100,
          warmupTarget: 0.01,
          warmupSteps: 10,
        }),
        clipvalue: 0.5,
      }),
    },
    spec: {
      loss: { type: 'mae' },
      optimizer: {
        rule: { type: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-7, weightDecay: 0.004 },
        learningRate: {
          type: 'cosine',
          initial: 0,
          decaySteps: 100,
          alpha: 0,
          warmupTarget: 0.01,
          warmupSteps: 10,
        },
        clipvalue: 0.5,
      },
      metrics: [],
    },
  },
];

test.each(good)('compile takes $name', ({ options, spec }) => {
  expect(compileSpec(options)).toEqual(spec);
});

const any = (value: unknown) => value as never;

const bad: readonly { name: string; build: () => unknown; error: string }[] = [
  {
    name: 'an unknown loss',
    build: () => compileSpec({ loss: any('hinge') }),
    error: 'compile: loss: expected one of "mse", "mae"',
  },
  { name: 'no loss', build: () => compileSpec(any({})), error: 'compile: loss: expected one of' },
  {
    name: 'no options',
    build: () => compileSpec(any(undefined)),
    error: 'compile: expected options { loss, optimizer, metrics }, got undefined',
  },
  {
    name: 'a loss that was not called',
    build: () => compileSpec({ loss: any(losses.mse) }),
    error: 'got a function (not called)',
  },
  {
    name: 'an unknown optimizer',
    build: () => compileSpec({ loss: 'mse', optimizer: any('lion') }),
    error:
      'compile: optimizer: expected one of "sgd", "rmsprop", "adam", "adamw", "nadam", got "lion"',
  },
  {
    name: 'a misspelt option',
    build: () => optimizers.adam(any({ learningrate: 1 })),
    error: 'optimizers.adam: unknown option "learningrate"; did you mean "learningRate"?',
  },
  {
    name: 'a metric twice',
    build: () => compileSpec({ loss: 'mse', metrics: ['mae', 'meanAbsoluteError'] }),
    error: 'compile: metrics[1]: expected each metric once, got "mae" again',
  },
  {
    name: 'a negative learning rate',
    build: () => optimizers.sgd({ learningRate: -1 }),
    error: 'optimizers.sgd: learningRate: expected a number of at least 0, got -1',
  },
  {
    name: 'too few values of a schedule',
    build: () => schedules.piecewise({ boundaries: [1, 2], values: [1, 2] }),
    error: 'schedules.piecewise: expected one more value than boundaries, got [1, 2] and [1, 2]',
  },
  {
    name: 'boundaries that fall',
    build: () => schedules.piecewise({ boundaries: [2, 1], values: [1, 2, 3] }),
    error: 'schedules.piecewise: expected ascending boundaries, got [2, 1]',
  },
];

test.each(bad)('compile refuses $name', ({ build, error }) => {
  expect(build).toThrow(error);
});
