import { type ProxyMethods, releaseProxy, transfer } from 'comlink';
import { type Description, type Engine, slots } from '../engine/engine.ts';
import { AbortError, StateError } from '../errors.ts';
import type { Packed } from '../pack.ts';
import type { CompileSpec } from '../spec.ts';
import { Control, Pulse } from './control.ts';
import { load, range } from './data.ts';
import { holdLifeline } from './lifeline.ts';
import { Lock } from './lock.ts';
import { measureBatch, measureStream, named, type Rest } from './measure.ts';
import { type Prediction, predictAll } from './predict.ts';
import type {
  Batch,
  Directive,
  FitListener,
  FitOutcome,
  FitRequest,
  Logs,
  SavedMetadata,
  StartRequest,
  StreamReader,
  TrainingState,
} from './protocol.ts';
import { readMetadata } from './metadata.ts';
import { beginState } from './state.ts';
import { train } from './training.ts';

/** Opens an engine, in this thread. */
export type OpenEngine = (request: StartRequest) => Engine;

/**
 * Releases a proxy from another thread; a plain function of this one has nothing to release. A proxy
 * does not answer to `in`.
 */
const release = (listener: object): void => (listener as Partial<ProxyMethods>)[releaseProxy]?.();

/**
 * Everything a model does where its engine lives: in a worker (see entry.ts), or on the main
 * thread. One instance serves one model.
 * @param slice - longest time without giving way to the event loop, in milliseconds
 */
export function createApi(open: OpenEngine, slice: number) {
  let engine: Engine | undefined;
  let description: Description | undefined;
  let training: TrainingState | null = null;
  let control: Control | undefined;
  const metricsLock = new Lock();

  const started = (): Engine => {
    if (engine === undefined) throw new StateError('The engine has not been started');
    return engine;
  };
  const names = (): readonly string[] => {
    description ??= started().describe();
    return description.metrics;
  };
  const idle = (call: string): void => {
    if (control !== undefined) {
      throw new StateError(`${call} cannot run while fit does: stop the run or wait for it first`);
    }
  };
  const rest = (flag?: Int32Array): Rest => {
    const pulse = new Pulse(slice);
    return () => {
      if (flag !== undefined && Atomics.load(flag, 0) !== 0) {
        throw new AbortError('The call was aborted');
      }
      return pulse.due() ? pulse.rest() : undefined;
    };
  };

  const measured = async (measure: (running: Engine) => Promise<number[]>): Promise<Logs> => {
    if (control?.command === 'pause') {
      throw new StateError(
        'evaluate would disturb the epoch that is paused: resume or stop the run first',
      );
    }
    const running = started();
    try {
      return named(names(), await metricsLock.run(() => measure(running)));
    } finally {
      running.clearData(slots.scratch);
    }
  };

  return {
    /** Starts the engine from a description or from saved bytes. */
    start(request: StartRequest): Description {
      engine = open(request);
      description = engine.describe();
      training = readMetadata(description.metadata)?.training ?? null;
      return description;
    },

    /** Lets the page know when this worker ends. */
    holdLifeline,

    compile(spec: CompileSpec): void {
      idle('compile');
      started().compile(spec);
      description = undefined;
      training = null;
    },

    describe(): Description {
      return started().describe();
    },

    /** Trains; resolves when the run has ended, however that came. */
    async fit(request: FitRequest, listener: FitListener, read: StreamReader): Promise<FitOutcome> {
      const running = started();
      idle('fit');
      const mine = new Control(slice, request.flag);
      control = mine;
      try {
        const state = beginState(training, request);
        training = state;
        return await train({
          engine: running,
          request,
          state,
          control: mine,
          listener,
          read,
          metricsLock,
          names: names(),
        });
      } finally {
        control = undefined;
        running.clearData(slots.train);
        running.clearData(slots.validation);
        running.clearData(slots.scratch);
        release(listener);
        release(read);
      }
    },

    /** Says what the run should be doing. */
    control(directive: Directive): void {
      control?.set(directive);
    },

    /** Loss and metrics without training. */
    evaluate(batch: Batch, flag?: Int32Array): Promise<Logs> {
      return measured((running) => measureBatch(running, batch, rest(flag)));
    },

    /** The same over a stream. */
    async evaluateStream(read: StreamReader, flag?: Int32Array): Promise<Logs> {
      try {
        return await measured((running) => measureStream(running, read, 'evaluate', rest(flag)));
      } finally {
        release(read);
      }
    },

    /** The model's output, 256 examples at a time. */
    async predict(inputs: readonly Packed[], flag?: Int32Array): Promise<Prediction> {
      const running = started();
      try {
        const result = await predictAll(running, inputs, rest(flag));
        return transfer(result, [result.data.buffer as ArrayBuffer]);
      } finally {
        running.clearData(slots.scratch);
      }
    },

    /** One training step; loss and metrics of this batch. */
    trainOnBatch(batch: Batch): Promise<Logs> {
      idle('trainOnBatch');
      const running = started();
      return metricsLock.run(async () => {
        running.resetMetrics();
        running.trainStep(slots.scratch, range(load(running, slots.scratch, batch)));
        running.clearData(slots.scratch);
        return named(names(), running.metrics());
      });
    },

    /** Gradients of the loss, one weight after the other; nothing is updated. */
    gradients(batch: Batch): Float32Array {
      const running = started();
      const flat = running.gradients(slots.scratch, range(load(running, slots.scratch, batch)));
      running.clearData(slots.scratch);
      return transfer(flat, [flat.buffer as ArrayBuffer]);
    },

    getWeights(): Float32Array {
      const flat = started().getWeights();
      return transfer(flat, [flat.buffer as ArrayBuffer]);
    },

    setWeights(flat: Float32Array): void {
      started().setWeights(flat);
    },

    learningRate(): number {
      return started().learningRate();
    },

    setLearningRate(value: number): void {
      started().setLearningRate(value);
    },

    /** One safetensors file, with the position of the run. */
    save(name: string, metadata: SavedMetadata['metadata'], includeOptimizer: boolean): Uint8Array {
      const saved: SavedMetadata = { name, metadata, training: includeOptimizer ? training : null };
      const bytes = started().save(JSON.stringify(saved), includeOptimizer);
      return transfer(bytes, [bytes.buffer as ArrayBuffer]);
    },

    dispose(): void {
      control?.set('abort');
      engine?.dispose();
      engine = undefined;
    },
  };
}

/** What {@link createApi} gives; the other side's type is inferred from it. */
export type Api = ReturnType<typeof createApi>;
