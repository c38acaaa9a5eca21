import { afterAll, describe, expect, test } from 'vitest';
import {
  constraints,
  initializers,
  isMemoryError,
  isShapeError,
  isSpecError,
  layers,
  losses,
  metrics,
  optimizers,
  regularizers,
  schedules,
  sequential,
} from '../../ts/index.ts';
import { compileSpec } from '../../ts/compile.ts';
import { wasmModule } from '../../ts/engine/module.ts';
import { openWasm } from '../../ts/engine/wasm.ts';
import type { CompileSpec, ModelSpec } from '../../ts/spec.ts';

// Every number in what the builders give is tried with every value, once through TypeScript and once
// by the engine alone: both take it, or both refuse it.

const values = [
  -Infinity,
  -1e39,
  -1,
  -0.5,
  -1e-50,
  -0,
  0,
  1e-50,
  1e-45,
  1e-7,
  0.5,
  1 - 1e-7,
  1 - 1e-12,
  1,
  1 + 1e-12,
  1.5,
  2,
  3.999999999,
  4,
  2 ** 24 - 1,
  2 ** 24,
  1e10,
  1e15,
  1.1e15,
  2 ** 53 - 1,
  2 ** 53,
  3.4e38,
  3.5e38,
  1e39,
  Infinity,
  NaN,
];

type Data = Readonly<Record<string, unknown>>;

/** Plain data of every builder, with every option that it may have. */
const weighted = {
  kernelRegularizer: regularizers.l1(),
  biasRegularizer: regularizers.l2(),
  kernelConstraint: constraints.maxNorm(),
  biasConstraint: constraints.maxNorm(),
  kernelInitializer: initializers.constant(0.5),
  biasInitializer: initializers.constant(0.5),
};
const recurrent = {
  ...weighted,
  recurrentRegularizer: regularizers.l1l2(),
  recurrentConstraint: constraints.maxNorm(),
  recurrentInitializer: initializers.orthogonal(),
};
const samples = {
  layers: {
    simpleRNN: layers.simpleRNN(2, recurrent),
    lstm: layers.lstm(2, recurrent),
    gru: layers.gru(2, recurrent),
    dense: layers.dense(2, weighted),
    timeDistributed: layers.timeDistributed(layers.dense(2)),
    dropout: layers.dropout(0.5),
    flatten: layers.flatten(),
    activation: layers.activation('tanh'),
  },
  losses: called(losses),
  metrics: called(metrics),
  optimizers: {
    sgd: optimizers.sgd({ momentum: 0.5, nesterov: true, clipvalue: 1 }),
    rmsprop: optimizers.rmsprop({ momentum: 0.5, centered: true, clipnorm: 1 }),
    adam: optimizers.adam({ globalClipnorm: 1 }),
    adamw: optimizers.adamw(),
    nadam: optimizers.nadam(),
  },
  schedules: {
    exponential: schedules.exponential({ initial: 0.1, decaySteps: 10, decayRate: 0.5 }),
    cosine: schedules.cosine({
      initial: 0.1,
      decaySteps: 10,
      alpha: 0.1,
      warmupTarget: 0.2,
      warmupSteps: 5,
    }),
    piecewise: schedules.piecewise({ boundaries: [1, 2], values: [0.3, 0.2, 0.1] }),
    oneCycle: schedules.oneCycle({ max: 0.1, totalSteps: 100 }),
  },
  initializers: { ...called({ ...initializers, constant: () => initializers.constant(0.5) }) },
  regularizers: called(regularizers),
  constraints: called(constraints),
};
const builders = {
  layers,
  losses,
  metrics,
  optimizers,
  schedules,
  initializers,
  regularizers,
  constraints,
};

/** What functions give that are called with nothing. */
function called<T extends Readonly<Record<string, () => unknown>>>(functions: T) {
  const made = Object.entries(functions).map(([name, make]) => [name, make()] as const);
  return Object.fromEntries(made) as { [K in keyof T]: ReturnType<T[K]> };
}

type Path = readonly (string | number)[];

/** Where there are numbers in plain data. */
function numbers(data: unknown, at: Path = []): Path[] {
  if (typeof data === 'number') return [at];
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => numbers(value, [...at, key]));
}

/** The same data with another value somewhere. */
function edited<T>(data: T, [key, ...rest]: Path, value: unknown): T {
  if (key === undefined) return value as T;
  const copy = (Array.isArray(data) ? [...(data as unknown[])] : { ...data }) as never;
  (copy as Record<string | number, unknown>)[key] = edited(
    (data as Data)[key as string],
    rest,
    value,
  );
  return copy;
}

const module = await wasmModule('simd128');
const dense = { type: 'dense', units: 1 };

function modelSpec(layer: unknown, inputShape: unknown = [4, 3], seed: unknown = 0): ModelSpec {
  const { name: _, ...own } = layer as Data;
  return {
    inputs: [{ name: 'input', shape: inputShape }],
    nodes: [{ name: 'layer', layer: own, inputs: [['input', 0]] }],
    outputs: [['layer', 0]],
    seed,
  } as unknown as ModelSpec;
}

/** An engine that stays, so that the others share its memory. */
const engine = openWasm(module, { spec: modelSpec(dense) });
afterAll(() => engine.dispose());

/** Whether something is taken; whatever else it throws than a refusal is a failure. */
function takes(attempt: () => unknown): boolean {
  try {
    attempt();
    return true;
  } catch (error) {
    // It could be used, if only there were room.
    if (isMemoryError(error)) return true;
    expect(isSpecError(error) || isShapeError(error), String(error)).toBe(true);
    return false;
  }
}

/** The two ways to a model and to a compilation. */
const ways = {
  model: (layer: unknown, inputShape: unknown = [4, 3], seed: unknown = 0) => ({
    typescript: () => sequential([layer as never], { inputShape, seed } as never),
    core: () => openWasm(module, { spec: modelSpec(layer, inputShape, seed) }).dispose(),
  }),
  compile: (change: object) => {
    const spec = { loss: losses.mse(), optimizer: optimizers.sgd(), metrics: [], ...change };
    return {
      typescript: () => compileSpec(spec as never),
      core: () => engine.compile(spec as unknown as CompileSpec),
    };
  },
};
type Ways = (data: unknown) => { typescript: () => unknown; core: () => unknown };

const users: { readonly [K in keyof typeof builders]: Ways } = {
  layers: (layer) => ways.model(layer),
  losses: (loss) => ways.compile({ loss }),
  metrics: (metric) => ways.compile({ metrics: [metric], loss: lossFor(metric) }),
  optimizers: (optimizer) => ways.compile({ optimizer }),
  schedules: (learningRate) => ways.compile({ optimizer: { ...optimizers.sgd(), learningRate } }),
  initializers: (kernelInitializer) => ways.model({ ...layers.dense(3), kernelInitializer }),
  regularizers: (kernelRegularizer) => ways.model({ ...layers.dense(3), kernelRegularizer }),
  constraints: (kernelConstraint) => ways.model({ ...layers.dense(3), kernelConstraint }),
};

/** A loss whose targets are those of a metric. */
const lossFor = (metric: unknown) =>
  (metric as Data).type === 'sparseCategoricalCrossentropy' ? metric : losses.mse();

describe.each(Object.keys(builders) as (keyof typeof builders)[])('%s', (family) => {
  const made: Data = samples[family];

  test('there is a sample of each, which both take', () => {
    expect(Object.keys(made).sort()).toEqual(Object.keys(builders[family]).sort());
    for (const [name, data] of Object.entries(made)) {
      const { typescript, core } = users[family](data);
      expect([name, takes(typescript), takes(core)]).toEqual([name, true, true]);
    }
  });

  const leaves = Object.entries(made).flatMap(([name, data]) =>
    numbers(data).map((path) => ({ name, path, place: [name, ...path].join('.'), data })),
  );
  if (leaves.length === 0) return;

  test.each(leaves)('$place', ({ path, data }) => {
    const answers = values.map((value) => {
      const { typescript, core } = users[family](edited(data, path, value));
      return { value, typescript: takes(typescript), core: takes(core) };
    });
    expect(answers.filter(({ typescript, core }) => typescript !== core)).toEqual([]);
    // A bound that refuses nothing would be none.
    expect(answers.filter(({ typescript }) => !typescript).length).toBeGreaterThan(0);
    expect(answers.filter(({ typescript }) => typescript).length).toBeGreaterThan(0);
  });
});

test('the rate of a number', () => {
  for (const value of values) {
    const { typescript } = ways.compile({
      optimizer: { ...optimizers.sgd(), learningRate: value },
    });
    const { core } = users.schedules({ type: 'constant', value });
    expect([value, takes(typescript)]).toEqual([value, takes(core)]);
  }
});

describe('a model', () => {
  const sizes: readonly { name: string; make: (value: number) => ReturnType<Ways> }[] = [
    { name: 'features', make: (value) => ways.model(layers.dense(1), [value]) },
    { name: 'features of a sequence', make: (value) => ways.model(layers.dense(1), [null, value]) },
    { name: 'time steps', make: (value) => ways.model(layers.lstm(1), [value, 1]) },
    { name: 'time steps, flattened', make: (value) => ways.model(layers.flatten(), [value, 3]) },
    { name: 'seed', make: (value) => ways.model(layers.dense(1), [3], value) },
  ];
  test.each(sizes)('$name', ({ make }) => {
    for (const value of values) {
      const { typescript, core } = make(value);
      expect([value, takes(typescript)]).toEqual([value, takes(core)]);
    }
  });
});

describe('data that somebody edited is refused by TypeScript and by the core', () => {
  const adam = optimizers.adam();
  const lstm = layers.lstm(2);
  const cases: readonly { name: string; make: () => ReturnType<Ways> }[] = [
    { name: 'a limit', make: () => ways.compile({ optimizer: { ...adam, clipnorm: -1 } }) },
    {
      name: 'two limits',
      make: () => ways.compile({ optimizer: { ...adam, clipnorm: 1, clipvalue: 1 } }),
    },
    {
      name: 'a limit that is a text',
      make: () => ways.compile({ optimizer: { ...adam, clipnorm: '1' } }),
    },
    {
      name: 'an option of none',
      make: () => ways.compile({ optimizer: { ...adam, momentum: 0.5 } }),
    },
    {
      name: "another rule's option",
      make: () => ways.compile({ optimizer: { ...adam, rule: { ...adam.rule, rho: 0.5 } } }),
    },
    {
      name: 'nesterov without momentum',
      make: () => ways.compile({ optimizer: { ...adam, rule: { type: 'sgd', nesterov: true } } }),
    },
    {
      name: 'a warm-up to nowhere',
      make: () => users.schedules({ type: 'cosine', initial: 1, decaySteps: 1, warmupSteps: 1 }),
    },
    {
      name: 'steps that are one in 32 bits',
      make: () =>
        users.schedules({
          type: 'piecewise',
          boundaries: [2 ** 24, 2 ** 24 + 1],
          values: [3, 2, 1],
        }),
    },
    { name: "a loss's option", make: () => ways.compile({ loss: { type: 'mse', delta: 1 } }) },
    {
      name: 'an interval that is empty',
      make: () => users.initializers({ type: 'randomUniform', minval: 1, maxval: 0.5 }),
    },
    {
      name: 'an interval that is infinite',
      make: () => users.initializers({ type: 'randomUniform', minval: -3e38, maxval: 3e38 }),
    },
    { name: "an initialiser's option", make: () => users.initializers({ type: 'zeros', gain: 1 }) },
    { name: 'a share', make: () => ways.model({ ...lstm, dropout: 1 }) },
    { name: "another layer's option", make: () => ways.model({ ...lstm, resetAfter: false }) },
    { name: 'units that are none', make: () => ways.model({ ...lstm, units: null }) },
    { name: 'a flag', make: () => ways.model({ ...lstm, useBias: 1 }) },
    { name: 'an activation', make: () => ways.model({ ...lstm, activation: 'tan' }) },
  ];
  test.each(cases)('$name', ({ make }) => {
    const { typescript, core } = make();
    expect([takes(typescript), takes(core)]).toEqual([false, false]);
  });
});

test('the layers of a loaded model build another', () => {
  for (const layer of Object.values(samples.layers)) {
    const opened = openWasm(module, { spec: modelSpec(layer) });
    const [node] = opened.describe().spec.nodes;
    opened.dispose();
    expect(takes(ways.model(node?.layer).typescript)).toBe(true);
  }
  engine.compile(compileSpec({ loss: 'huber', optimizer: optimizers.adam({ clipnorm: 1 }) }));
  expect(takes(() => compileSpec(engine.describe().compile as never))).toBe(true);
});
