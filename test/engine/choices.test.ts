import { afterAll, describe, expect, test } from 'vitest';
import { initializers, isSpecError, layers, sequential } from '../../ts/index.ts';
import { wasmModule } from '../../ts/engine/module.ts';
import { openWasm } from '../../ts/engine/wasm.ts';
import type { Layer } from '../../ts/index.ts';
import type { ModelSpec } from '../../ts/spec.ts';

// Every named choice of every layer, once through TypeScript and once by the engine alone: both take
// it, or both refuse it.

const activations = [
  ...['linear', 'tanh', 'sigmoid', 'relu', 'leakyRelu', 'elu', 'selu', 'gelu', 'softplus'],
  ...['softsign', 'silu', 'hardSigmoid', 'exponential', 'softmax'],
] as const;

const starts = Object.keys(initializers).filter((name) => name !== 'constant');

const makers = {
  simpleRNN: (options: object) => layers.simpleRNN(2, options),
  lstm: (options: object) => layers.lstm(2, options),
  gru: (options: object) => layers.gru(2, options),
  'gru, resetAfter false': (options: object) => layers.gru(2, { resetAfter: false, ...options }),
  dense: (options: object) => layers.dense(2, options),
};

const cases = Object.entries(makers).flatMap(([name, make]) =>
  Object.keys(make({})).flatMap((option) => {
    const choices = /activation$/i.test(option)
      ? activations
      : option.endsWith('Initializer')
        ? starts
        : [];
    return choices.map((choice) => ({ name, make, option, choice }));
  }),
);

const module = await wasmModule('simd128');
const keep = openWasm(module, { spec: sequential([layers.dense(1)], { inputShape: [1] }).spec });
afterAll(() => keep.dispose());

/** Whether a call is accepted; what refuses must be a SpecError. */
function accepted(call: () => unknown): boolean {
  try {
    call();
    return true;
  } catch (error) {
    expect(error).toSatisfy(isSpecError);
    return false;
  }
}

/** The engine's word on a layer that TypeScript has not seen. */
function byEngine(layer: Layer): boolean {
  const { name: _, ...rest } = layer;
  const spec: ModelSpec = {
    inputs: [{ name: 'input', shape: [null, 3] }],
    nodes: [{ name: 'layer', layer: rest, inputs: [['input', 0]] }],
    outputs: [['layer', 0]],
    seed: 0,
  };
  return accepted(() => openWasm(module, { spec }).dispose());
}

describe.each(Object.keys(makers))('%s', (layer) => {
  test.each(cases.filter(({ name }) => name === layer))(
    '$option $choice',
    ({ make, option, choice }) => {
      const value = option.endsWith('Initializer') ? initializers[choice as 'zeros']() : choice;
      const plain = { ...make({}), [option]: value } as Layer;
      expect(accepted(() => make({ [option]: value }))).toBe(byEngine(plain));
    },
  );
});
