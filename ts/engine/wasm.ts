import * as simd128 from '../../crates/unrolled-wasm/pkg/simd128/unrolled_wasm.js';
import { EngineCrashError, revive } from '../errors.ts';
import type { CompileSpec } from '../spec.ts';
import type { Description, Engine, EngineSource, Slot } from './engine.ts';
import type { Flavour } from './flavour.ts';

/** What wasm-pack makes. It is the same for both builds, and holds one instance a thread. */
export type Glue = typeof simd128;
type WasmModel = simd128.WasmModel;

/** Builds whose instance in this thread has trapped; it must not be used again. */
const broken = new Set<Flavour>();

/**
 * Starts a model in this thread's instance of the wasm engine.
 * @param glue - given where a thread has instances of both builds
 */
export function openWasm(
  module: WebAssembly.Module,
  flavour: Flavour,
  source: EngineSource,
  glue: Glue = simd128,
): Engine {
  if (broken.has(flavour)) {
    throw new EngineCrashError(
      'The engine of this thread broke down earlier and cannot be used again: reload, or use thread: "worker"',
    );
  }
  const { initSync, WasmModel } = glue;
  const { memory } = initSync({ module });
  const model = guard(flavour, (): WasmModel =>
    'spec' in source ? new WasmModel(JSON.stringify(source.spec)) : WasmModel.load(source.bytes),
  );
  return wasmEngine(model, memory, flavour);
}

function wasmEngine(model: WasmModel, memory: WebAssembly.Memory, flavour: Flavour): Engine {
  const run = <T>(step: () => T): T => guard(flavour, step);
  return {
    compile: (spec: CompileSpec) => run(() => model.compile(JSON.stringify(spec))),
    describe: () => ({
      ...(JSON.parse(run(() => model.describe())) as Omit<Description, 'instanceBytes'>),
      instanceBytes: memory.buffer.byteLength,
    }),
    setInput: (slot, index, data, shape, lengths) =>
      run(() => model.setInput(slot, index, data, Uint32Array.from(shape), lengths)),
    setTarget: (slot, index, data, shape) =>
      run(() => model.setTarget(slot, index, data, Uint32Array.from(shape))),
    clearData: (slot: Slot) => run(() => model.clearData(slot)),
    size: (slot) => run(() => model.size(slot)),
    trainStep: (slot, indices) => run(() => model.trainStep(slot, indices)),
    evaluateStep: (slot, indices) => run(() => model.evaluateStep(slot, indices)),
    predictStep: (slot, indices, output) => run(() => model.predictStep(slot, indices, output)),
    outputShape: (output, slot) => Array.from(run(() => model.outputShape(output, slot))),
    gradients: (slot, indices) => run(() => model.gradients(slot, indices)),
    resetMetrics: () => run(() => model.resetMetrics()),
    metrics: () => Array.from(run(() => model.metrics())),
    getWeights: () => run(() => model.getWeights()),
    setWeights: (flat) => run(() => model.setWeights(flat)),
    permutation: (size, epoch) => run(() => model.permutation(size, epoch)),
    learningRate: () => run(() => model.learningRate()),
    setLearningRate: (value) => run(() => model.setLearningRate(value)),
    keepBest: () => run(() => model.keepBest()),
    restoreBest: () => run(() => model.restoreBest()),
    save: (metadata, includeOptimizer) =>
      run(() => model.save(JSON.stringify(metadata), includeOptimizer)),
    dispose: () => {
      if (!broken.has(flavour)) model.free();
    },
  };
}

/** Gives errors of the core their class; a trap breaks the instance for good. */
function guard<T>(flavour: Flavour, step: () => T): T {
  try {
    return step();
  } catch (error) {
    const trapped =
      error instanceof WebAssembly.RuntimeError ||
      (error instanceof RangeError && error.message.includes('call stack'));
    if (!trapped) throw revive(error);
    broken.add(flavour);
    throw new EngineCrashError(
      `The engine broke down (${error.message}): it ran out of memory, or this is a fault of the library`,
      { cause: error },
    );
  }
}
