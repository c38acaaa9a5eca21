import { type Engine, slots } from '../engine/engine.ts';
import { AbortError, DataError, isAbortError } from '../errors.ts';
import { type Batches, residentBatches, streamedBatches } from './batches.ts';
import type { Control } from './control.ts';
import { examplesOf, load } from './data.ts';
import { watch } from './earlyStopping.ts';
import type { Lock } from './lock.ts';
import { measureResident, measureStream, named, type Rest } from './measure.ts';
import { Progress } from './progress.ts';
import type {
  EpochRecord,
  FitEnd,
  FitListener,
  FitOutcome,
  FitRequest,
  StreamReader,
  Tell,
  TrainingState,
} from './protocol.ts';
import { Report } from './report.ts';

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

/** A run that is under way. */
interface Loop extends RunContext {
  readonly batches: Batches;
  readonly tell: Tell;
  readonly progress: Progress;
  readonly report: Report;
}

/**
 * Trains. Where the run stands is in `state` after every batch, so that a checkpoint taken then
 * continues with the same bits.
 */
export async function train(context: RunContext): Promise<FitOutcome> {
  const { request, control, listener } = context;
  const tell: Tell = async (event) => control.obey(await listener(event));
  const report = new Report(control, tell);
  const progress = new Progress(request.progressInterval, tell);
  try {
    return await epochs({ ...context, batches: openBatches(context), tell, progress, report });
  } catch (error) {
    // Of between(), or of a stream that was closed because the run is to end.
    if (!isAbortError(error)) throw error;
    return { end: control.command === 'abort' ? 'aborted' : 'stopped', bestEpoch: null };
  } finally {
    // However the run ended: the caller has heard of all its epochs before.
    await report.send();
  }
}

/** The epoch loop: order, batches, validation, early stopping, pause and stop. */
async function epochs(loop: Loop): Promise<FitOutcome> {
  const { engine, request, state, control, metricsLock, tell, report } = loop;
  await tell({ type: 'begin', history: [...state.history] });
  let end: FitEnd = 'completed';
  while (state.epoch < request.epochs) {
    const began = performance.now();
    if (request.epochBegin && state.batch === 0)
      await tell({ type: 'epochBegin', epoch: state.epoch });
    const record = await metricsLock.run(() => oneEpoch(loop));
    const stop = finishEpoch(loop, record);
    await report.add({ record, seconds: (performance.now() - began) / 1000 });
    if (stop) {
      end = 'earlyStopping';
      break;
    }
    if (control.due()) await between(loop);
  }
  const keeper = request.earlyStopping.findIndex((options) => options.restoreBestWeights);
  const restored = keeper >= 0 && engine.restoreBest();
  return { end, bestEpoch: restored ? (state.stopping[keeper]?.bestEpoch ?? null) : null };
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
async function oneEpoch(loop: Loop): Promise<EpochRecord> {
  const { engine, state, names, request } = loop;
  if (state.trained === null) {
    if (state.batch === 0) engine.resetMetrics();
    await trainBatches(loop);
    state.trained = engine.metrics();
  }
  const trained = named(names, state.trained);
  if (request.validation.kind === 'none') return { epoch: state.epoch, logs: trained };
  const measured = await validate(loop);
  return { epoch: state.epoch, logs: { ...trained, ...named(names, measured, 'val') } };
}

async function trainBatches(loop: Loop): Promise<void> {
  const { state, control, engine, names, batches, progress, report } = loop;
  await batches.begin(state.order, state.batch);
  for (;;) {
    if (control.due()) await between(loop);
    const stepped = batches.step();
    if (!(typeof stepped === 'boolean' ? stepped : await stepped)) break;
    state.batch += 1;
    if (progress.due()) {
      void report.send();
      void progress.tell({
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
}

/**
 * Gives way to the event loop and waits through a pause.
 * @throws {AbortError} when the run is to end
 */
async function between({ control, tell, report }: Loop): Promise<void> {
  const command = await control.gate(() => {
    void report.send();
    void tell({ type: 'paused' });
  });
  report.offer();
  if (command !== 'run') throw new AbortError('The run is to end');
}

async function validate(loop: Loop): Promise<number[]> {
  const { engine, request, read, control } = loop;
  const { validation } = request;
  const rest: Rest = () => (control.due() ? between(loop) : undefined);
  if (validation.kind === 'stream') return measureStream(engine, read, 'validation', rest);
  return validation.kind === 'split'
    ? measureResident(engine, slots.train, validation.from, rest)
    : measureResident(engine, slots.validation, 0, rest);
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
