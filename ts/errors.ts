/** What an error carries besides its message; plain data, so that it survives a worker boundary. */
export interface ErrorDetails {
  /** Layer where a value was first not finite. */
  readonly layer?: string;
  /** What was not finite: `output`, `gradient`, `weight` or `value`. */
  readonly what?: string;
  /** Time step, counted from 0. */
  readonly step?: number;
  /** Training steps done before. */
  readonly iteration?: number;
}

/** What led to an error. */
export interface Cause {
  /** What was thrown before. */
  readonly cause?: unknown;
}

/** Base of every error of this library. `name` is stable; classes do not survive a worker, names do. */
export class UnrolledError extends Error {
  /** The name of the class: the same in every thread and version. */
  override name: string = 'UnrolledError';
}

/** A layer, model, loss or optimizer is described wrongly. */
export class SpecError extends UnrolledError {
  override name = 'SpecError' as const;
}

/** An array's shape does not fit the model. */
export class ShapeError extends UnrolledError {
  override name = 'ShapeError' as const;
}

/** A value in the data cannot be used. */
export class DataError extends UnrolledError {
  override name = 'DataError' as const;
}

/** A loss or gradient became NaN or infinite; the weights are those before the step. */
export class NonFiniteError extends UnrolledError {
  override name = 'NonFiniteError' as const;
  /** The first layer where it arose; or an input, or `loss`. */
  readonly layer: string;
  /** `output`, `gradient`, `weight` or `value`. */
  readonly what: string;
  /** Time step, counted from 0, if the value has one. */
  readonly step: number | undefined;
  /** Training steps done before. */
  readonly iteration: number;

  constructor(message: string, details: ErrorDetails = {}, options?: Cause) {
    super(message, options);
    this.layer = details.layer ?? '';
    this.what = details.what ?? 'value';
    this.step = details.step;
    this.iteration = details.iteration ?? 0;
  }
}

/** Saved bytes cannot be read. */
export class CheckpointError extends UnrolledError {
  override name = 'CheckpointError' as const;
}

/** A place cannot be written to or read from; what was there is unchanged. `cause` is the system's error. */
export class StorageError extends UnrolledError {
  override name = 'StorageError' as const;
}

/** There is not enough memory; nothing has changed. The message says how much it was and what to do. */
export class MemoryError extends UnrolledError {
  override name = 'MemoryError' as const;
}

/** A call came before what it needs, or while something else is under way. */
export class StateError extends UnrolledError {
  override name = 'StateError' as const;
}

/** An AbortSignal ended the call; `cause` is the signal's reason. */
export class AbortError extends UnrolledError {
  override name = 'AbortError' as const;
}

/** The model was disposed of. */
export class DisposedError extends UnrolledError {
  override name = 'DisposedError' as const;
}

/** The worker died or the engine broke down; the model is lost, other models are not. */
export class EngineCrashError extends UnrolledError {
  override name = 'EngineCrashError' as const;
}

const classes = {
  SpecError,
  ShapeError,
  DataError,
  CheckpointError,
  StorageError,
  MemoryError,
  StateError,
  AbortError,
  DisposedError,
  EngineCrashError,
} as const;

type ErrorName = keyof typeof classes | 'NonFiniteError';

const hasName = (error: unknown, name: string): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === name;

/** Whether `error` is a {@link SpecError}, by name. */
export const isSpecError = (error: unknown): error is SpecError => hasName(error, 'SpecError');
/** Whether `error` is a {@link ShapeError}, by name. */
export const isShapeError = (error: unknown): error is ShapeError => hasName(error, 'ShapeError');
/** Whether `error` is a {@link DataError}, by name. */
export const isDataError = (error: unknown): error is DataError => hasName(error, 'DataError');
/** Whether `error` is a {@link NonFiniteError}, by name. */
export const isNonFiniteError = (error: unknown): error is NonFiniteError =>
  hasName(error, 'NonFiniteError');
/** Whether `error` is a {@link CheckpointError}, by name. */
export const isCheckpointError = (error: unknown): error is CheckpointError =>
  hasName(error, 'CheckpointError');
/** Whether `error` is a {@link StorageError}, by name. */
export const isStorageError = (error: unknown): error is StorageError =>
  hasName(error, 'StorageError');
/** Whether `error` is a {@link MemoryError}, by name. */
export const isMemoryError = (error: unknown): error is MemoryError =>
  hasName(error, 'MemoryError');
/** Whether `error` is a {@link StateError}, by name. */
export const isStateError = (error: unknown): error is StateError => hasName(error, 'StateError');
/** Whether `error` is an {@link AbortError} (or the platform's own), by name. */
export const isAbortError = (error: unknown): error is AbortError => hasName(error, 'AbortError');
/** Whether `error` is a {@link DisposedError}, by name. */
export const isDisposedError = (error: unknown): error is DisposedError =>
  hasName(error, 'DisposedError');
/** Whether `error` is an {@link EngineCrashError}, by name. */
export const isEngineCrashError = (error: unknown): error is EngineCrashError =>
  hasName(error, 'EngineCrashError');

/** What helps where numbers grew beyond all bounds. */
const advice =
  '; try a smaller learningRate, globalClipnorm in the optimizer, or data scaled to about -1 to 1 (scalers)';

const knownNames: ReadonlySet<string> = new Set([...Object.keys(classes), 'NonFiniteError']);
const isErrorName = (name: string): name is ErrorName => knownNames.has(name);

/** Whether an error is one of this library, by name. */
export const isKnownError = (error: unknown): error is Error & { readonly name: ErrorName } =>
  error instanceof Error && isErrorName(error.name);

/**
 * Gives an error that crossed a boundary its class back, by its name. Errors of others pass
 * unchanged.
 */
export function revive(error: unknown): unknown {
  if (error instanceof UnrolledError || !isKnownError(error)) return error;
  const { name, message } = error;
  const options = 'cause' in error ? { cause: error.cause } : undefined;
  const revived =
    name === 'NonFiniteError'
      ? new NonFiniteError(message.replace(advice, '') + advice, error as ErrorDetails, options)
      : new classes[name](message, options);
  if (error.stack !== undefined) revived.stack = error.stack;
  return revived;
}

/** The details of an error that must cross a worker boundary beside its name and message. */
export function detailsOf(error: unknown): ErrorDetails {
  if (!isNonFiniteError(error)) return {};
  const { layer, what, step, iteration } = error;
  return { layer, what, iteration, ...(step === undefined ? {} : { step }) };
}
