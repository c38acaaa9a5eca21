import { type Engine, type Meter, slots } from '../engine/engine.ts';
import { AbortError, DataError, isAbortError } from '../errors.ts';
import { type Batches, residentBatches, streamedBatches } from './batches.ts';
import type { Control } from './control.ts';
import { watch } from './earlyStopping.ts';
import { measureResident, measureStream, named, type Rest } from './measure.ts';
import { Progress } from './progress.ts';
import type {
  EpochRecord,
  FitEnd,
  FitListener,
  FitOutcome,
  StreamReader,
  Tell,
  TrainingState,
} from './protocol.ts';
import { Report } from './report.ts';
import type { LoadedRequest } from './request.ts';

/** What a run works with. */
export interface RunContext {
  readonly engine: Engine;
  readonly request: LoadedRequest;
  readonly state: TrainingState;
  /** Running sums of the epoch. */
  readonly meter: Meter;
  /** Called when the model has changed: what was known of an earlier run no longer holds. */
  begin(): void;
  readonly control: Control;
  readonly listener: FitListener;
  readonly read: StreamReader;
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
    if (control.command === 'abort') return { end: 'aborted', bestEpoch: null };
    context.begin();
    return { end: 'stopped', bestEpoch: null };
  } finally {
    // However the run ended: the caller has heard of all its epochs before.
    await report.send();
  }
}

/** The epoch loop: order, batches, validation, early stopping, pause and stop. */
async function epochs(loop: Loop): Promise<FitOutcome> {
  const { request, state, control, tell, report } = loop;
  await tell({ type: 'begin', history: [...state.history] });
  let end: FitEnd = 'completed';
  while (state.epoch < request.epochs) {
    const began = performance.now();
    if (request.epochBegin && state.batch === 0)
      await tell({ type: 'epochBegin', epoch: state.epoch });
    const record = await oneEpoch(loop);
    const stop = finishEpoch(loop, record);
    await report.add({ record, seconds: (performance.now() - began) / 1000 });
    if (stop) {
      end = 'earlyStopping';
      break;
    }
    if (control.due()) await between(loop);
  }
  loop.begin();
  return { end, bestEpoch: restoreBest(loop) };
}

/** Brings the weights of this run's best epoch back, if it kept them; gives that epoch. */
function restoreBest({ engine, request, state }: Loop): number | null {
  const keeper = request.earlyStopping.findIndex((options) => options.restoreBestWeights);
  const bestEpoch = state.stopping[keeper]?.bestEpoch ?? null;
  return bestEpoch !== null && engine.restoreBest() ? bestEpoch : null;
}

function openBatches({ engine, meter, request, read }: RunContext): Batches {
  const { examples, batchSize, shuffle, stepsPerEpoch } = request;
  return examples === null
    ? streamedBatches(engine, meter, read, stepsPerEpoch ?? null)
    : residentBatches(engine, meter, examples, batchSize, shuffle);
}

/** Trains and validates one epoch, or the rest of one that was interrupted. */
async function oneEpoch(loop: Loop): Promise<EpochRecord> {
  const { engine, meter, state, names, request } = loop;
  if (state.trained === null) {
    if (state.batch === 0) engine.resetMeter(meter);
    await trainBatches(loop);
    state.trained = engine.metrics(meter);
  }
  const trained = named(names, state.trained);
  if (request.validation.kind === 'none') return { epoch: state.epoch, logs: trained };
  const measured = await validate(loop);
  return { epoch: state.epoch, logs: { ...trained, ...named(names, measured, 'val') } };
}

async function trainBatches(loop: Loop): Promise<void> {
  const { state, control, engine, meter, names, batches, progress, report } = loop;
  await batches.begin(state.order, state.batch);
  for (;;) {
    if (control.due()) await between(loop);
    // A batch that does not come must not keep a command waiting.
    const { arriving } = batches;
    if (arriving !== undefined) while (!(await control.until(arriving))) await between(loop);
    const stepped = batches.step();
    if (!(typeof stepped === 'boolean' ? stepped : await stepped)) break;
    state.batch += 1;
    loop.begin();
    if (progress.due()) {
      void report.send();
      void progress.tell({
        type: 'progress',
        epoch: state.epoch,
        batch: state.batch,
        batches: batches.count,
        logs: named(names, engine.metrics(meter)),
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
