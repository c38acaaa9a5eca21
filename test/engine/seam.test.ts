import { afterEach, describe, expect, test } from 'vitest';
import { layers, optimizers, sequential } from '../../ts/index.ts';
import { compileSpec } from '../../ts/compile.ts';
import { type Engine, slots } from '../../ts/engine/engine.ts';
import { wasmModule } from '../../ts/engine/module.ts';
import { openWasm } from '../../ts/engine/wasm.ts';
import { random } from '../support/series.ts';

// A mini-batch's step in blocks, computed by two engines in any order.

const BATCH = 75;
const STEPS = 6;
const next = random(5);
const x = Float32Array.from({ length: BATCH * STEPS * 2 }, () => 2 * next() - 1);
const y = Float32Array.from({ length: BATCH }, () => next());
const lengths = Uint32Array.from({ length: BATCH }, (_, i) => 1 + ((5 * i) % STEPS));

const module = await wasmModule('simd128');
const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});

function open(): Engine {
  const list = [layers.lstm(5, { dropout: 0.2, recurrentDropout: 0.2 }), layers.dense(1)] as const;
  const { spec } = sequential(list, { inputShape: [null, 2], seed: 4 });
  const engine = openWasm(module, { spec });
  engines.push(engine);
  const optimizer = optimizers.adam({ learningRate: 0.05, globalClipnorm: 0.5 });
  engine.compile(compileSpec({ loss: 'mse', optimizer, metrics: ['mae', 'lastStepMse'] }));
  engine.setInput(slots.train, 0, x, [BATCH, STEPS, 2], lengths);
  engine.setTarget(slots.train, 0, y, [BATCH, 1]);
  return engine;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const order = Uint32Array.from({ length: BATCH }, (_, i) => (7 * i) % BATCH);

test('blocks of two engines, computed in any order, give the bits of one step', () => {
  const [alone, a, b] = [open(), open(), open()];
  const blocks = a.blocks(BATCH);
  expect(blocks).toBe(5);
  for (let round = 0; round < 4; round++) {
    const loss = alone.trainStep(slots.train, order, 0);
    const parts: Uint8Array[] = [];
    for (const block of [3, 0, 4, 1, 2])
      parts[block] = ((block + round) % 2 === 0 ? a : b).accumulate(
        slots.train,
        order,
        block,
        block + 1,
      );
    const whole = concat(parts);
    for (const engine of [a, b]) {
      expect(engine.apply(whole, 0)).toBe(loss);
      expect(engine.metrics(0)).toEqual(alone.metrics(0));
      expect(engine.getWeights()).toEqual(alone.getWeights());
    }
  }
});

describe('what is no whole mini-batch is refused and changes nothing', () => {
  const cases: readonly { name: string; change: (bytes: Uint8Array) => Uint8Array }[] = [
    { name: 'nothing', change: () => new Uint8Array() },
    { name: 'a byte too few', change: (bytes) => bytes.subarray(1) },
    { name: 'a block too few', change: (bytes) => bytes.subarray(bytes.length / 5) },
    { name: 'numbers that are none', change: (bytes) => bytes.map(() => 255) },
  ];
  test.each(cases)('$name', ({ change }) => {
    const engine = open();
    const before = engine.getWeights();
    const bytes = engine.accumulate(slots.train, order, 0, 5);
    expect(() => engine.apply(change(bytes), 0)).toThrow(/partials: expected/);
    expect(engine.getWeights()).toEqual(before);
  });
});
