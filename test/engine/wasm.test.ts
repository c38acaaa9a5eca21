import { beforeEach, expect, test, vi } from 'vitest';
import type { ModelSpec } from '../../ts/spec.ts';

/** Calls that reached a model, by method. */
const entered: string[] = [];
/** What a model's methods throw; nothing by default. */
let fails: () => void = () => {};
let room = true;
let instances = 0;

class FakeModel {
  static room = () => room;
  static load = () => new FakeModel();
  freed = false;
  constructor() {
    fails();
  }
  trainStep() {
    entered.push('trainStep');
    fails();
    return 0;
  }
  setInput() {
    entered.push('setInput');
    fails();
  }
  getWeights() {
    entered.push('getWeights');
    fails();
    return new Float32Array(1);
  }
  free() {
    entered.push('free');
  }
  __destroy_into_raw() {
    return 0;
  }
}

vi.mock('../../ts/generated/glue.js', () => ({
  createGlue: () => {
    instances += 1;
    const memory = { buffer: new ArrayBuffer(3_000_000) };
    return { initSync: () => ({ memory }), WasmModel: FakeModel };
  },
}));

const { openWasm } = await import('../../ts/engine/wasm.ts');
const { isEngineCrashError, isMemoryError, isSpecError } = await import('../../ts/errors.ts');

const spec: ModelSpec = { inputs: [], nodes: [], outputs: [], seed: 0 };
let module: WebAssembly.Module;

beforeEach(() => {
  module = {} as WebAssembly.Module;
  entered.length = 0;
  fails = () => {};
  room = true;
  instances = 0;
});

const open = () => openWasm(module, { spec });
const trap = () => {
  throw new WebAssembly.RuntimeError('unreachable');
};
const none = new Uint32Array();

const traps = [
  { name: 'a trap', error: () => new WebAssembly.RuntimeError('unreachable') },
  { name: 'a full stack', error: () => new RangeError('Maximum call stack size exceeded') },
  { name: 'a full stack in Firefox', error: () => new Error('too much recursion') },
  { name: "a panic's throw", error: () => new Error('recursive use of an object detected') },
];

test.each(traps)(
  '$name is told as a crash, from every call, and nothing enters again',
  ({ error }) => {
    const [model, other] = [open(), open()];
    fails = () => {
      throw error();
    };
    expect(() => model.trainStep(0, none, 0)).toThrow(expect.toSatisfy(isEngineCrashError));
    entered.length = 0;
    for (const engine of [model, other]) {
      expect(() => engine.trainStep(0, none, 0)).toThrow(expect.toSatisfy(isEngineCrashError));
      expect(() => engine.getWeights()).toThrow(expect.toSatisfy(isEngineCrashError));
      engine.dispose();
    }
    expect(entered).toEqual([]);
  },
);

test('after a crash a new model has a new instance', () => {
  const model = open();
  fails = trap;
  expect(() => model.getWeights()).toThrow();
  fails = () => {};
  expect(open().getWeights()).toHaveLength(1);
  expect(instances).toBe(2);
});

test('models of one thread share an instance until the last is disposed of', () => {
  const models = [open(), open(), open()];
  expect(instances).toBe(1);
  for (const model of models) {
    model.dispose();
    model.dispose();
  }
  expect(entered).toEqual(['free', 'free', 'free']);
  open();
  expect(instances).toBe(2);
});

test('an error of the core keeps its class and breaks nothing', () => {
  const model = open();
  fails = () => {
    throw Object.assign(new Error('lstm: units'), { name: 'SpecError' });
  };
  expect(() => model.getWeights()).toThrow(expect.toSatisfy(isSpecError));
  fails = () => {};
  expect(model.getWeights()).toHaveLength(1);
});

test('a large array is not copied in where there is no room for it; the message says how much', () => {
  const model = open();
  room = false;
  const data = new Float32Array(2_000_000);
  const set = () => model.setInput(0, 0, data, [1, 2_000_000]);
  expect(set).toThrow(expect.toSatisfy(isMemoryError));
  expect(set).toThrow(/^x: 8 MB do not fit beside the 3 MB .+ fewer examples or time steps/);
  expect(entered).toEqual([]);
  room = true;
  set();
  expect(entered).toEqual(['setInput']);
});

test('a result that JavaScript has no memory for is no crash', () => {
  const model = open();
  fails = () => {
    throw new RangeError('Array buffer allocation failed');
  };
  expect(() => model.getWeights()).toThrow(expect.toSatisfy(isMemoryError));
  fails = () => {};
  expect(model.getWeights()).toHaveLength(1);
});
