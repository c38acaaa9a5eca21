import type { WasmModel } from '../../crates/unrolled-wasm/pkg/simd128/unrolled_wasm.js';
import { EngineCrashError, isKnownError, MemoryError, revive } from '../errors.ts';
import { createGlue } from '../generated/glue.js';
import type { CompileSpec } from '../spec.ts';
import type { Description, Engine, EngineSource, Slot } from './engine.ts';

/** An instance of the wasm module, which the models of this thread share. */
interface Instance {
  readonly glue: ReturnType<typeof createGlue>;
  readonly memory: WebAssembly.Memory;
  readonly models: Set<WasmModel>;
  /** What went wrong; an instance that broke down is never entered again. */
  broken: EngineCrashError | undefined;
}

/** Instances that work, by the module that they were made from. */
const instances = new Map<WebAssembly.Module, Instance>();

function instanceOf(module: WebAssembly.Module): Instance {
  const known = instances.get(module);
  if (known !== undefined) return known;
  const glue = createGlue();
  const { memory } = glue.initSync({ module });
  const instance = { glue, memory, models: new Set<WasmModel>(), broken: undefined };
  instances.set(module, instance);
  return instance;
}

/** Lets go of an instance, so that its memory is given back. */
function forget(instance: Instance): void {
  for (const [module, known] of instances) if (known === instance) instances.delete(module);
}

/** Starts a model in this thread's instance of the wasm engine. */
export function openWasm(module: WebAssembly.Module, source: EngineSource): Engine {
  const instance = instanceOf(module);
  const { WasmModel } = instance.glue;
  try {
    const model = guard(instance, () => {
      if ('spec' in source) return new WasmModel(toJson(source.spec));
      requireRoom(instance, 'checkpoint', source.bytes.byteLength);
      return WasmModel.load(source.bytes);
    });
    instance.models.add(model);
    return wasmEngine(instance, model);
  } catch (error) {
    if (instance.models.size === 0) forget(instance);
    throw error;
  }
}

function wasmEngine(instance: Instance, model: WasmModel): Engine {
  const { memory, models } = instance;
  const run = <T>(step: () => T): T => guard(instance, step);
  /** Runs a call that copies an array into the engine, if there is room for it. */
  const give = (what: string, data: Float32Array, step: () => void) =>
    run(() => {
      requireRoom(instance, what, data.byteLength);
      step();
    });
  return {
    compile: (spec: CompileSpec) => run(() => model.compile(toJson(spec))),
    describe: () => ({
      ...(JSON.parse(run(() => model.describe())) as Omit<Description, 'instanceBytes'>),
      instanceBytes: memory.buffer.byteLength,
    }),
    setInput: (slot, index, data, shape, lengths) =>
      give('x', data, () => model.setInput(slot, index, data, Uint32Array.from(shape), lengths)),
    setTarget: (slot, index, data, shape) =>
      give('y', data, () => model.setTarget(slot, index, data, Uint32Array.from(shape))),
    checkData: (slot) => run(() => model.checkData(slot)),
    clearData: (slot: Slot) => run(() => model.clearData(slot)),
    size: (slot) => run(() => model.size(slot)),
    trainStep: (slot, indices, meter) => run(() => model.trainStep(slot, indices, meter)),
    blocks: (examples) => run(() => model.blocks(examples)),
    accumulate: (slot, indices, from, to) => run(() => model.accumulate(slot, indices, from, to)),
    apply: (partials, meter) => run(() => model.apply(partials, meter)),
    evaluateStep: (slot, indices, meter) => run(() => model.evaluateStep(slot, indices, meter)),
    predictStep: (slot, indices, output) => run(() => model.predictStep(slot, indices, output)),
    outputShape: (output, slot) => Array.from(run(() => model.outputShape(output, slot))),
    gradients: (slot, indices) => run(() => model.gradients(slot, indices)),
    openMeter: () => run(() => model.openMeter()),
    resetMeter: (meter) => run(() => model.resetMeter(meter)),
    closeMeter: (meter) => run(() => model.closeMeter(meter)),
    metrics: (meter) => Array.from(run(() => model.metrics(meter))),
    getWeights: () => run(() => model.getWeights()),
    setWeights: (flat) => give('weights', flat, () => model.setWeights(flat)),
    permutation: (size, epoch) => run(() => model.permutation(size, epoch)),
    learningRate: () => run(() => model.learningRate()),
    setLearningRate: (value) => run(() => model.setLearningRate(value)),
    keepBest: () => run(() => model.keepBest()),
    restoreBest: () => run(() => model.restoreBest()),
    dropBest: () => run(() => model.dropBest()),
    save: (metadata, includeOptimizer, meter) =>
      run(() => model.save(JSON.stringify(metadata), includeOptimizer, meter)),
    dispose: () => {
      if (!models.delete(model)) return;
      model.free();
      if (models.size === 0) forget(instance);
    },
  };
}

/**
 * JSON of a description. It has no NaN and no infinity, and `null` means none: as texts they are
 * refused with their place.
 */
const toJson = (spec: unknown): string =>
  JSON.stringify(spec, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );

/** Copies smaller than this are not asked for: an instance always has as much, or says so itself. */
const COPY_TO_ASK_FOR = 1 << 20;

/** wasm-bindgen's own allocation would end in a trap. */
function requireRoom({ glue, memory }: Instance, what: string, bytes: number): void {
  if (bytes < COPY_TO_ASK_FOR || glue.WasmModel.room(bytes)) return;
  const megabytes = (size: number) => `${(size / 1e6).toFixed(0)} MB`;
  throw new MemoryError(
    `${what}: ${megabytes(bytes)} do not fit beside the ${megabytes(memory.buffer.byteLength)} that the engine holds already (WebAssembly has 4 GiB): give fewer examples or time steps at once, or a stream of batches`,
  );
}

/** Gives errors of the core their class; a trap breaks the instance for good. */
function guard<T>(instance: Instance, step: () => T): T {
  if (instance.broken !== undefined) throw instance.broken;
  try {
    return step();
  } catch (error) {
    if (isKnownError(error)) throw revive(error);
    if (error instanceof RangeError && !/call stack/.test(error.message)) {
      // Of a copy out of the engine, after the call had ended.
      throw new MemoryError(`The result does not fit into memory (${error.message})`, {
        cause: error,
      });
    }
    throw breakDown(instance, error);
  }
}

/** Takes an instance out of use: nothing enters it again, not even the collection of its models. */
function breakDown(instance: Instance, cause: unknown): EngineCrashError {
  const why = cause instanceof Error ? cause.message : String(cause);
  instance.broken = new EngineCrashError(
    `The engine broke down (${why}), which is a fault of the library: this model is lost, build or load it again`,
    { cause },
  );
  forget(instance);
  for (const model of instance.models) forgetModel(model);
  instance.models.clear();
  return instance.broken;
}

/** Keeps wasm-bindgen from freeing a model whose instance must not be entered. */
const forgetModel = (model: WasmModel): void =>
  void (model as unknown as { __destroy_into_raw(): number }).__destroy_into_raw();
