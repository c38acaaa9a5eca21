import { fail, knownOptions } from './check.ts';
import { AbortError } from './errors.ts';
import type { AbortSignalLike } from './platform.ts';

/** Options of calls that can take a while. */
export interface CallOptions {
  /** Aborts the call: it rejects with an AbortError. */
  readonly signal?: AbortSignalLike;
}

/** Checks the option `signal`. */
export function checkSignal(where: string, signal: unknown): AbortSignal | undefined {
  if (signal === undefined || signal === null) return undefined;
  if (typeof signal === 'object' && 'aborted' in signal && 'addEventListener' in signal)
    return signal as AbortSignal;
  return fail(`${where}: signal`, 'an AbortSignal, such as controller.signal', signal);
}

/** Checks the options of a call that can take a while. */
export function checkCall(where: string, options: CallOptions): void {
  knownOptions(where, options, ['signal']);
  checkSignal(where, options.signal);
}

/** A number that both sides of a worker boundary see, where memory can be shared. */
export const sharedFlag = (): Int32Array | undefined =>
  typeof SharedArrayBuffer === 'function' ? new Int32Array(new SharedArrayBuffer(4)) : undefined;

/**
 * Settles as `promise` does, or rejects with the signal's reason when that aborts first. Unlike
 * Promise.race with a promise that lives long, it leaves nothing behind.
 */
export function unlessAborted<T>(promise: T | PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void Promise.resolve(promise)
      .then(resolve, reject)
      .then(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * Makes a call that rejects as soon as `signal` aborts.
 * @param call - gets a flag that becomes 1 then, so that the work itself ends too
 */
export async function abortable<T>(
  { signal }: CallOptions,
  call: (flag: Int32Array | undefined) => Promise<T>,
): Promise<T> {
  if (signal === undefined || signal === null) return call(undefined);
  const aborted = () => new AbortError('The call was aborted', { cause: signal.reason });
  if (signal.aborted) throw aborted();
  const flag = sharedFlag();
  const ending = new AbortController();
  const abort = () => {
    if (flag !== undefined) Atomics.store(flag, 0, 1);
    ending.abort(aborted());
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await unlessAborted(call(flag), ending.signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
