import type { Description, Engine, Slot } from '../../ts/engine/engine.ts';
import { NonFiniteError, StateError } from '../../ts/errors.ts';
import type { CompileSpec } from '../../ts/spec.ts';

/** What a fake engine was asked to do, for tests of the loop around it. */
export interface FakeEngine extends Engine {
  /** Examples of each training step, in order. */
  readonly steps: number[][];
  readonly kept: number[];
  /** Called before each training step. */
  beforeStep: (step: number) => void;
  /** Called when a slot's data are checked. */
  beforeCheck: (slot: Slot) => void;
  /** Numbers of the meters that are open. */
  readonly meters: readonly number[];
  disposed: boolean;
}

/** An engine without arithmetic: its one weight is a hash of the examples that it was trained on. */
export function fakeEngine(
  saved: { weight?: number; names?: string[]; metadata?: unknown } = {},
): FakeEngine {
  const sizes = new Map<Slot, number>();
  const values = new Map<Slot, Float32Array>();
  let weight = saved.weight ?? 1;
  /** Sums and counts by meter. */
  const meters = new Map<number, { sum: number; count: number }>([[0, { sum: 0, count: 0 }]]);
  let opened = 0;
  let best: number | undefined;
  let names = saved.names ?? ['loss'];
  const meterOf = (meter: number) => {
    const found = meters.get(meter);
    if (found === undefined) throw new StateError(`there is no meter ${meter}`);
    return found;
  };
  const add = (slot: Slot, indices: Uint32Array, meter: number) => {
    const data = values.get(slot) ?? new Float32Array();
    const seen = meterOf(meter);
    for (const i of indices) seen.sum += data[i] ?? 0;
    seen.count += indices.length;
    return seen.sum / seen.count;
  };
  const engine: FakeEngine = {
    steps: [],
    kept: [],
    beforeStep: () => {},
    beforeCheck: () => {},
    get meters() {
      return [...meters.keys()];
    },
    disposed: false,
    compile(spec: CompileSpec) {
      names = ['loss', ...spec.metrics.map(({ type }) => type)];
      for (const meter of meters.keys()) if (meter !== 0) meters.delete(meter);
    },
    describe: () =>
      ({
        spec: { inputs: [], nodes: [], outputs: [], seed: 0 },
        compile: null,
        layers: [],
        weights: [{ name: 'fake/kernel', shape: [1] }],
        outputs: [],
        metrics: names,
        memoryBytes: 0,
        instanceBytes: 0,
        arithmetic: 'fake',
        metadata: saved.metadata ?? null,
      }) satisfies Description,
    setInput(slot, _index, data, shape) {
      sizes.set(slot, shape[0] ?? 0);
      values.set(slot, data.slice());
    },
    setTarget() {},
    checkData(slot) {
      engine.beforeCheck(slot);
    },
    clearData(slot) {
      sizes.delete(slot);
    },
    size: (slot) => sizes.get(slot) ?? 0,
    trainStep(slot, indices, meter) {
      engine.beforeStep(engine.steps.length);
      engine.steps.push([...indices]);
      for (const i of indices) weight = (weight * 31 + i + 7) % 65521;
      return add(slot, indices, meter);
    },
    blocks: (examples) => examples,
    accumulate: () => new Uint8Array(),
    apply: () => 0,
    evaluateStep: add,
    predictStep: (slot, indices) =>
      Float32Array.from(indices, (i) => 2 * (values.get(slot)?.[i] ?? 0)),
    outputShape: (_output, slot) => [sizes.get(slot) ?? 0, 1],
    gradients: () => Float32Array.of(weight),
    openMeter() {
      meters.set(++opened, { sum: 0, count: 0 });
      return opened;
    },
    resetMeter(meter) {
      Object.assign(meterOf(meter), { sum: 0, count: 0 });
    },
    closeMeter(meter) {
      meterOf(meter);
      meters.delete(meter);
    },
    metrics(meter) {
      const { sum, count } = meterOf(meter);
      return names.map(() => sum / count);
    },
    getWeights: () => Float32Array.of(weight),
    setWeights(flat) {
      weight = flat[0] ?? 0;
    },
    permutation: (size, epoch) =>
      Uint32Array.from({ length: size }, (_, i) => (i + epoch + 1) % size),
    learningRate: () => 0.1,
    setLearningRate() {},
    keepBest() {
      best = weight;
      engine.kept.push(weight);
    },
    restoreBest() {
      if (best === undefined) return false;
      weight = best;
      return true;
    },
    dropBest() {
      best = undefined;
    },
    save: (metadata) => new TextEncoder().encode(JSON.stringify({ weight, names, metadata })),
    dispose() {
      engine.disposed = true;
    },
  };
  return engine;
}

/** The error that an engine throws when a layer's output is not finite. */
export const notFinite = () =>
  new NonFiniteError('lstm: output is NaN or infinite at time step 3 (after 2 training steps)', {
    layer: 'lstm',
    what: 'output',
    step: 3,
    iteration: 2,
  });
