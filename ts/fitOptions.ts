import { checkSignal } from './abortable.ts';
import { type BatchProgress, type Callback, checkCallback, isEarlyStopping } from './callbacks.ts';
import { callable, fail, flag, knownOptions, positive, show, wholeNumber } from './check.ts';
import { DataError, SpecError } from './errors.ts';
import type { EpochLogs } from './history.ts';
import type { AbortSignalLike } from './platform.ts';
import type { Run } from './run.ts';
import { type BatchSource, isBatchSource } from './streams.ts';
import type { EarlyStopping } from './worker/earlyStopping.ts';

/** Options of `fit`. */
export interface FitOptions<X = never, Y = never> {
  /** Number of the last epoch plus one. @default 1 */
  readonly epochs?: number;
  /** Examples of a mini-batch. @default 32 */
  readonly batchSize?: number;
  /** Shuffle the examples in each epoch, by the model's seed. @default true */
  readonly shuffle?: boolean;
  /** `[x, y]`, or a stream of batches, measured after each epoch. @default none */
  readonly validationData?: readonly [x: X, y: Y] | BatchSource<X, Y>;
  /** Share of the examples, the last ones, that is measured instead of trained on. @default 0 */
  readonly validationSplit?: number;
  /** Number of the first epoch. @default 0 */
  readonly initialEpoch?: number;
  /** Batches of an epoch of a stream. @default to the end of the stream */
  readonly stepsPerEpoch?: number;
  /** Callbacks and earlyStopping(…). @default none */
  readonly callbacks?: readonly (Callback | EarlyStopping)[];
  /** Called after an epoch; the run waits for it. */
  readonly onEpochEnd?: (epoch: EpochLogs, run: Run) => unknown;
  /** Called between batches, at most every `progressInterval` milliseconds. */
  readonly onBatchEnd?: (progress: BatchProgress, run: Run) => unknown;
  /** Least time between two calls of `onBatchEnd`, in milliseconds. @default 50 */
  readonly progressInterval?: number;
  /** Aborts the run: it rejects with an AbortError. */
  readonly signal?: AbortSignalLike;
  /**
   * Continue the run in which the model was saved, with the same data and options: the result has
   * the same bits as if it had not been interrupted. @default false
   */
  readonly resume?: boolean;
}

const known = [
  'epochs',
  'batchSize',
  'shuffle',
  'validationData',
  'validationSplit',
  'initialEpoch',
  'stepsPerEpoch',
  'callbacks',
  'onEpochEnd',
  'onBatchEnd',
  'progressInterval',
  'signal',
  'resume',
] as const;

/** Options of `fit`, checked and filled in. */
export interface CheckedFit {
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly validationData: readonly [unknown, unknown] | undefined;
  readonly validationStream: BatchSource | undefined;
  readonly validationSplit: number;
  readonly initialEpoch: number;
  readonly stepsPerEpoch: number | undefined;
  readonly callbacks: readonly Callback[];
  readonly earlyStopping: readonly EarlyStopping[];
  readonly progressInterval: number | undefined;
  readonly signal: AbortSignalLike | undefined;
  readonly resume: boolean;
}

/** Checks options of `fit`. */
export function checkFit(options: FitOptions<unknown, unknown>): CheckedFit {
  knownOptions('fit', options, known);
  const { validationData, onEpochEnd, onBatchEnd, stepsPerEpoch } = options;
  const split = options.validationSplit ?? 0;
  if (typeof split !== 'number' || !(split >= 0 && split < 1)) {
    throw new SpecError(
      `fit: validationSplit: expected a number from 0 up to 1, got ${show(split)}`,
    );
  }
  if (split > 0 && validationData !== undefined) {
    throw new SpecError('fit: expected validationData or validationSplit, got both');
  }
  const given = options.callbacks ?? [];
  if (!Array.isArray(given)) fail('fit: callbacks', 'a list', given);
  callable('fit: onEpochEnd', onEpochEnd);
  callable('fit: onBatchEnd', onBatchEnd);
  const direct: Callback = {
    ...(onEpochEnd === undefined ? {} : { onEpochEnd }),
    ...(onBatchEnd === undefined ? {} : { onBatchEnd }),
  };
  const list: readonly (Callback | EarlyStopping)[] = [
    ...Array.from(given, (item: unknown, i) => checkCallback(`fit: callbacks[${i}]`, item)),
    direct,
  ];
  const callbacks = list.filter((callback): callback is Callback => !isEarlyStopping(callback));
  return {
    epochs: wholeNumber('fit: epochs', options.epochs ?? 1, 0),
    batchSize: wholeNumber('fit: batchSize', options.batchSize ?? 32),
    shuffle: flag('fit: shuffle', options.shuffle ?? true),
    ...checkValidation(validationData),
    validationSplit: split,
    initialEpoch: wholeNumber('fit: initialEpoch', options.initialEpoch ?? 0, 0),
    stepsPerEpoch:
      stepsPerEpoch === undefined ? undefined : wholeNumber('fit: stepsPerEpoch', stepsPerEpoch),
    callbacks,
    earlyStopping: checkStopping(list.filter(isEarlyStopping)),
    progressInterval: callbacks.some((callback) => callback.onBatchEnd !== undefined)
      ? positive('fit: progressInterval', options.progressInterval ?? 50, true)
      : undefined,
    signal: checkSignal('fit', options.signal),
    resume: flag('fit: resume', options.resume ?? false),
  };
}

function checkValidation(
  data: FitOptions<unknown, unknown>['validationData'],
): Pick<CheckedFit, 'validationData' | 'validationStream'> {
  if (data === undefined) return { validationData: undefined, validationStream: undefined };
  if (Array.isArray(data)) {
    if (data.length !== 2) {
      throw new DataError(`fit: validationData: expected [x, y], got an array of ${data.length}`);
    }
    return { validationData: [data[0], data[1]], validationStream: undefined };
  }
  if (isBatchSource(data)) return { validationData: undefined, validationStream: data };
  throw new DataError(
    `fit: validationData: expected [x, y] or a stream of batches, got ${show(data)}`,
  );
}

function checkStopping(list: readonly EarlyStopping[]): readonly EarlyStopping[] {
  if (list.filter((options) => options.restoreBestWeights).length > 1) {
    throw new SpecError(
      'fit: callbacks: expected one earlyStopping with restoreBestWeights, got several',
    );
  }
  return list;
}

/** Checks that early stopping watches something that will be measured. */
export function checkMonitors(list: readonly EarlyStopping[], keys: readonly string[]): void {
  for (const { monitor } of list) {
    if (!keys.includes(monitor)) {
      const hint = monitor.startsWith('val') ? '; give validationData or validationSplit' : '';
      throw new SpecError(
        `earlyStopping: monitor: expected one of ${keys.join(', ')}, got ${show(monitor)}${hint}`,
      );
    }
  }
}
