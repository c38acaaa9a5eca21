import {
  callable,
  fail,
  finite,
  flag,
  hint,
  knownOptions,
  oneOf,
  positive,
  show,
  similar,
  wholeNumber,
} from './check.ts';
import { SpecError } from './errors.ts';
import type { EpochLogs, HistoryKey, Measured, MeasuredOnValidation } from './history.ts';
import type { FitResult, Run } from './run.ts';
import type { EarlyStopping } from './worker/earlyStopping.ts';

/** How far an epoch has come. */
export type BatchProgress = {
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** Batches done. */
  readonly batch: number;
  /** Batches of the epoch; null where a stream does not say. */
  readonly batches: number | null;
  /** Mean loss over the epoch so far; the metrics lie beside it. */
  readonly loss: number;
} & Measured<number> &
  MeasuredOnValidation<number>;

/**
 * Functions that a run calls on the caller's thread. They may return anything; the run waits for
 * the promises of all but `onBatchEnd`. An error in any of them ends the run, which then rejects
 * with it.
 */
export interface Callback {
  /** Called before the first epoch. */
  onTrainBegin?(run: Run): unknown;
  /** Called before each epoch, with its number. */
  onEpochBegin?(epoch: number, run: Run): unknown;
  /** Called at most every `progressInterval` milliseconds, with the latest state. */
  onBatchEnd?(progress: BatchProgress, run: Run): unknown;
  /** Called after each epoch, with its loss and metrics. */
  onEpochEnd?(epoch: EpochLogs, run: Run): unknown;
  /** Called after the last epoch; not where the run was aborted or failed. */
  onTrainEnd?(result: FitResult, run: Run): unknown;
}

/** Options of {@link earlyStopping}. */
export interface EarlyStoppingOptions {
  /** Key of the history that is watched. @default 'valLoss' */
  readonly monitor?: HistoryKey;
  /** Epochs without improvement after which the run ends. @default 0 */
  readonly patience?: number;
  /** Least change that counts as an improvement. @default 0 */
  readonly minDelta?: number;
  /** Whether lower (`min`) or higher (`max`) is better; `auto` knows by the key. @default 'auto' */
  readonly mode?: 'auto' | 'min' | 'max';
  /** Bring the weights of the best epoch back when the run ends by itself. @default false */
  readonly restoreBestWeights?: boolean;
  /** Value that must be reached for an improvement to reset the patience. @default none */
  readonly baseline?: number;
  /** Epochs before this one are not watched. @default 0 */
  readonly startFromEpoch?: number;
}

const known = [
  'monitor',
  'patience',
  'minDelta',
  'mode',
  'restoreBestWeights',
  'baseline',
  'startFromEpoch',
] as const;

/** Ends a run when a value has stopped improving, as Keras's EarlyStopping does. */
export function earlyStopping(options: EarlyStoppingOptions = {}): EarlyStopping {
  const where = 'earlyStopping';
  knownOptions(where, options, known);
  const monitor = options.monitor ?? 'valLoss';
  if (typeof monitor !== 'string') {
    throw new SpecError(`${where}: monitor: expected a key of the history, got ${show(monitor)}`);
  }
  const mode = oneOf(`${where}: mode`, options.mode ?? 'auto', ['auto', 'min', 'max']);
  return {
    type: 'earlyStopping',
    monitor,
    patience: wholeNumber(`${where}: patience`, options.patience ?? 0, 0),
    minDelta: positive(`${where}: minDelta`, options.minDelta ?? 0, true),
    mode: mode === 'auto' ? (/accuracy$/i.test(monitor) ? 'max' : 'min') : mode,
    restoreBestWeights: flag(`${where}: restoreBestWeights`, options.restoreBestWeights ?? false),
    baseline:
      options.baseline === undefined ? null : finite(`${where}: baseline`, options.baseline),
    startFromEpoch: wholeNumber(`${where}: startFromEpoch`, options.startFromEpoch ?? 0, 0),
  };
}

/** Whether a callback is early stopping, which runs beside the engine. */
export const isEarlyStopping = (callback: Callback | EarlyStopping): callback is EarlyStopping =>
  'type' in callback && callback.type === 'earlyStopping';

const hooks = [
  'onTrainBegin',
  'onEpochBegin',
  'onBatchEnd',
  'onEpochEnd',
  'onTrainEnd',
] as const satisfies readonly (keyof Callback)[];

/** Names of an object's own properties and of its classes' methods. */
function namesOf(value: object): string[] {
  const names: string[] = [];
  for (let at: object | null = value; at && at !== Object.prototype; at = Object.getPrototypeOf(at))
    names.push(...Object.getOwnPropertyNames(at));
  return names;
}

/** Checks one of the callbacks of `fit`. It may hold data of its own; what looks like a hook must be one. */
export function checkCallback(where: string, value: unknown): Callback | EarlyStopping {
  if (value === earlyStopping) fail(where, 'earlyStopping({ … })', value);
  if (typeof value !== 'object' || value === null)
    fail(where, 'an object with onEpochEnd or the like, or earlyStopping({ … })', value);
  const callback: Callback | EarlyStopping = value;
  if (isEarlyStopping(callback)) {
    const { type: _, baseline, ...options } = callback;
    return earlyStopping({
      ...(options as EarlyStoppingOptions),
      ...(baseline === null ? {} : { baseline }),
    });
  }
  const names = namesOf(callback);
  for (const name of names) {
    if (hooks.some((hook) => hook === name)) continue;
    if (/^on[A-Z_]/.test(name) || hooks.some((hook) => similar(hook, name)))
      throw new SpecError(`${where}: unknown callback ${show(name)}${hint(name, hooks, 'ones')}`);
  }
  for (const hook of hooks) callable(`${where}: ${hook}`, callback[hook]);
  if (names.length > 0 && !hooks.some((hook) => hook in callback))
    fail(where, `one of ${hooks.join(', ')}, or earlyStopping({ … })`, callback);
  return callback;
}
