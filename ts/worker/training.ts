import { type Engine, slots } from '../engine/engine.ts';
import { DataError, isAbortError } from '../errors.ts';
import { type Batches, residentBatches, streamedBatches } from './batches.ts';
import type { Control } from './control.ts';
import { examplesOf, load } from './data.ts';
import { watch } from './earlyStopping.ts';
import type { Lock } from './lock.ts';
import { measureResident, measureStream, named, type Rest } from './measure.ts';
import { Progress } from './progress.ts';
import type {
  Batch,
  Command,
  EpochRecord,
  FitEnd,
  FitListener,
  FitOutcome,
  FitRequest,
  StreamReader,
  TrainingState,
} from './protocol.ts';

/** What a run works with. */
export interface RunContext {
  readonly engine: Engine;
  readonly request: FitRequest;
  readonly state: TrainingState;
  readonly control: Control;
  readonly listener: FitListener;
  readonly read: StreamReader;
  /** Held while the engine's running metrics are in use. */
  readonly metricsLock: Lock;
  /** Names of loss and metrics. */
  readonly names: readonly string[];
}

/** Interrupts the epoch loop. */
type Interrupt = 'stop' | 'abort' | null;

/**
 * The epoch loop: order, batches, validation, early stopping, pause and stop. Where it stands is
 * in `state` after every batch, so that a checkpoint taken then continues with the same bits.
 */
export async function train(context: RunContext): Promise<FitOutcome> {
  const { engine, request, state, listener, control, metricsLock } = context;
  const batches = openBatches(context);
  obey(control, await listener({ type: 'begin', history: [...state.history] }));
  let end: FitEnd = 'completed';
  while (state.epoch < request.epochs) {
    const began = performance.now();
    if (state.batch === 0)
      obey(control, await listener({ type: 'epochBegin', epoch: state.epoch }));
    const result = await metricsLock.run(() => oneEpoch(context, batches));
    if (typeof result === 'string') return interrupted(result);
    const stop = finishEpoch(context, result);
    const seconds = (performance.now() - began) / 1000;
    obey(control, await listener({ type: 'epoch', record: result, seconds }));
    if (stop) {
      end = 'earlyStopping';
      break;
    }
    const interrupt = await between(context);
    if (interrupt !== null) return interrupted(interrupt);
  }
  const keeper = request.earlyStopping.findIndex((options) => options.restoreBestWeights);
  const restored = keeper >= 0 && engine.restoreBest();
  return { end, bestEpoch: restored ? (state.stopping[keeper]?.bestEpoch ?? null) : null };
}

const interrupted = (interrupt: 'stop' | 'abort'): FitOutcome => ({
  end: interrupt === 'stop' ? 'stopped' : 'aborted',
  bestEpoch: null,
});

/**
 * A listener in another thread answers with a command, so that a stop asked for in a callback takes
 * effect at once. An answer can be older than a message; only what is final is taken from it.
 */
function obey(control: Control, command: Command): void {
  if (command === 'stop' || command === 'abort') control.set(command);
}

function openBatches({ engine, request, read }: RunContext): Batches {
  const { data, validation, batchSize, shuffle, stepsPerEpoch } = request;
  if (validation.kind === 'batch') load(engine, slots.validation, validation.batch);
  if (data === undefined) return streamedBatches(engine, read, stepsPerEpoch ?? null);
  load(engine, slots.train, data);
  const examples = validation.kind === 'split' ? validation.from : examplesOf(data);
  return residentBatches(engine, examples, batchSize, shuffle);
}

/** Trains and validates one epoch, or the rest of one that was interrupted. */
async function oneEpoch(
  context: RunContext,
  batches: Batches,
): Promise<EpochRecord | 'stop' | 'abort'> {
  const { engine, state, names, request } = context;
  if (state.trained === null) {
    if (state.batch === 0) engine.resetMetrics();
    const interrupt = await trainBatches(context, batches);
    if (interrupt !== null) return interrupt;
    state.trained = engine.metrics();
  }
  const trained = named(names, state.trained);
  if (request.validation.kind === 'none') return { epoch: state.epoch, logs: trained };
  const interruption = new AbortController();
  const rest: Rest = () => {
    if (!context.control.due()) return undefined;
    return between(context).then((interrupt) => {
      if (interrupt === null) return;
      interruption.abort(interrupt);
      throw interruption;
    });
  };
  try {
    const measured = await validate(context, rest);
    return { epoch: state.epoch, logs: { ...trained, ...named(names, measured, 'val') } };
  } catch (error) {
    if (error === interruption) return interruption.signal.reason as 'stop' | 'abort';
    return interruptOf(context.control, error);
  }
}

/** A stream that was closed because the run is to end rejects with an AbortError. */
function interruptOf(control: Control, error: unknown): 'stop' | 'abort' {
  if (!isAbortError(error)) throw error;
  return control.command === 'abort' ? 'abort' : 'stop';
}

async function trainBatches(context: RunContext, batches: Batches): Promise<Interrupt> {
  const { state, control, request, listener, engine, names } = context;
  const progress = new Progress(request.progressInterval, listener);
  try {
    await batches.begin(state.order, state.batch);
  } catch (error) {
    return interruptOf(control, error);
  }
  for (;;) {
    if (control.due()) {
      const interrupt = await between(context);
      if (interrupt !== null) return interrupt;
    }
    const stepped = batches.step();
    try {
      if (!(typeof stepped === 'boolean' ? stepped : await stepped)) break;
    } catch (error) {
      return interruptOf(control, error);
    }
    state.batch += 1;
    if (progress.due()) {
      progress.tell({
        type: 'progress',
        epoch: state.epoch,
        batch: state.batch,
        batches: batches.count,
        logs: named(names, engine.metrics()),
      });
    }
  }
  if (state.batch === 0) {
    throw new DataError(
      `x: the stream gave no batches in epoch ${state.epoch}; an iterator that can be read only once needs stepsPerEpoch, or give a function that begins it anew`,
    );
  }
  return null;
}

/** Gives way to the event loop and waits through a pause. */
async function between({ control, listener }: RunContext): Promise<Interrupt> {
  if (!control.due()) return null;
  const command = await control.gate(() => void listener({ type: 'paused' }));
  return command === 'run' ? null : command;
}

async function validate(context: RunContext, rest: Rest): Promise<number[]> {
  const { engine, request, read } = context;
  const { validation } = request;
  if (validation.kind === 'stream') return measureStream(engine, stream(read), rest);
  return validation.kind === 'split'
    ? measureResident(engine, slots.train, validation.from, rest)
    : measureResident(engine, slots.validation, 0, rest);
}

async function* stream(read: StreamReader): AsyncGenerator<Batch> {
  for (
    let batch = await read('validation', true);
    batch !== null;
    batch = await read('validation', false)
  ) {
    yield batch;
  }
}

/** Moves to the next epoch; says whether to stop early. */
function finishEpoch({ engine, request, state }: RunContext, record: EpochRecord): boolean {
  state.history.push(record);
  let stop = false;
  request.earlyStopping.forEach((options, i) => {
    const memory = state.stopping[i];
    if (memory === undefined) return;
    const verdict = watch(options, memory, record.epoch, record.logs);
    if (verdict.keep) engine.keepBest();
    stop ||= verdict.stop;
  });
  state.epoch += 1;
  state.order += 1;
  state.batch = 0;
  state.trained = null;
  return stop;
}
