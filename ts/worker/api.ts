import { type ProxyMethods, releaseProxy, transfer } from 'comlink';
import { type Description, type Engine, type Meter, slots } from '../engine/engine.ts';
import { AbortError, StateError } from '../errors.ts';
import type { Packed } from '../pack.ts';
import type { CompileSpec } from '../spec.ts';
import { Control, Pulse } from './control.ts';
import { load, range } from './data.ts';
import { holdLifeline } from './lifeline.ts';
import { measureBatch, measureStream, metered, named, type Rest } from './measure.ts';
import { readMetadata } from './metadata.ts';
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
import { type LoadedRequest, loadRequest } from './request.ts';
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
  /** Where the last run stands, and the running sums of its epoch. */
  let training: TrainingState | null = null;
  let meter: Meter = 0;
  let control: Control | undefined;

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
    const pulse = new Pulse(slice, false);
    return () => {
      if (flag !== undefined && Atomics.load(flag, 0) !== 0) {
        throw new AbortError('The call was aborted');
      }
      return pulse.due() ? pulse.rest() : undefined;
    };
  };

  const measured = async (measure: (running: Engine) => Promise<number[]>): Promise<Logs> => {
    const running = started();
    try {
      return named(names(), await measure(running));
    } finally {
      running.clearData(slots.scratch);
    }
  };

  async function perform(
    request: LoadedRequest,
    listener: FitListener,
    read: StreamReader,
    mine: Control,
  ): Promise<FitOutcome> {
    const running = started();
    const state = beginState(training, request);
    const own = request.resume ? meter : running.openMeter();
    let begun = request.resume;
    const begin = () => {
      if (begun) return;
      begun = true;
      if (meter !== 0) running.closeMeter(meter);
      running.dropBest();
      training = state;
      meter = own;
    };
    if (begun) training = state;
    try {
      return await train({
        engine: running,
        request,
        state,
        meter: own,
        begin,
        control: mine,
        listener,
        read,
        names: names(),
      });
    } finally {
      if (!begun) running.closeMeter(own);
    }
  }

  return {
    /** Starts the engine from a description or from saved bytes. */
    start(request: StartRequest): Description {
      engine = open(request);
      description = engine.describe();
      training = readMetadata(description)?.training ?? null;
      return description;
    },

    /** Lets the page know when this worker ends. */
    holdLifeline,

    /** Sets how the model is trained; evaluations under way end with an error. */
    compile(spec: CompileSpec): void {
      idle('compile');
      started().compile(spec);
      description = undefined;
      training = null;
      meter = 0;
    },

    describe(): Description {
      return started().describe();
    },

    /**
     * Trains; resolves when the run has ended, however that came. A run that is refused, or fails in
     * its first batch, changes nothing. Not an async function: its frame would keep the data.
     */
    fit(request: FitRequest, listener: FitListener, read: StreamReader): Promise<FitOutcome> {
      const end = () => {
        release(listener);
        release(read);
      };
      let loaded: LoadedRequest;
      try {
        idle('fit');
        loaded = loadRequest(started(), request);
      } catch (error) {
        end();
        return Promise.reject(error);
      }
      const mine = new Control(slice, loaded.steady, loaded.flag);
      control = mine;
      return perform(loaded, listener, read, mine).finally(() => {
        control = undefined;
        end();
        for (const slot of Object.values(slots)) engine?.clearData(slot);
      });
    },

    /** Says what the run should be doing. */
    control(directive: Directive): void {
      control?.set(directive);
    },

    /** Loss and metrics without training. During a run: by the weights of the moment. */
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

    /** The model's output, some examples at a time. */
    async predict(inputs: readonly Packed[], flag?: Int32Array): Promise<Prediction> {
      const running = started();
      try {
        const result = await predictAll(running, inputs, slice, rest(flag));
        return transfer(result, [result.data.buffer as ArrayBuffer]);
      } finally {
        running.clearData(slots.scratch);
      }
    },

    /** One training step; loss and metrics of this batch. */
    trainOnBatch(batch: Batch): Promise<Logs> {
      idle('trainOnBatch');
      return measured((running) =>
        metered(running, async (own) => {
          running.trainStep(slots.scratch, range(load(running, slots.scratch, batch)), own);
        }),
      );
    },

    /** Gradients of the loss, one weight after the other; nothing is updated. */
    gradients(batch: Batch): Float32Array {
      const running = started();
      try {
        const flat = running.gradients(slots.scratch, range(load(running, slots.scratch, batch)));
        return transfer(flat, [flat.buffer as ArrayBuffer]);
      } finally {
        running.clearData(slots.scratch);
      }
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
      const bytes = started().save(JSON.stringify(saved), includeOptimizer, meter);
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
