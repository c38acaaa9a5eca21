import { AbortError } from './errors.ts';
import type { AbortSignalLike } from './platform.ts';

/** Options of calls that can take a while. */
export interface CallOptions {
  /** Aborts the call: it rejects with an AbortError. */
  readonly signal?: AbortSignalLike;
}

/** A number that both sides of a worker boundary see, where memory can be shared. */
export const sharedFlag = (): Int32Array | undefined =>
  typeof SharedArrayBuffer === 'function' ? new Int32Array(new SharedArrayBuffer(4)) : undefined;

/**
 * Makes a call that rejects as soon as `signal` aborts.
 * @param call - gets a flag that becomes 1 then, so that the work itself ends too
 */
export async function abortable<T>(
  { signal }: CallOptions,
  call: (flag: Int32Array | undefined) => Promise<T>,
): Promise<T> {
  if (signal === undefined) return call(undefined);
  const aborted = () => new AbortError('The call was aborted', { cause: signal.reason });
  if (signal.aborted) throw aborted();
  const flag = sharedFlag();
  let abort = () => {};
  const ending = new Promise<never>((_, reject) => {
    abort = () => {
      if (flag !== undefined) Atomics.store(flag, 0, 1);
      reject(aborted());
    };
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([call(flag), ending]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
