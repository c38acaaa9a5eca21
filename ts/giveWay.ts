import { breathe } from './breathe.ts';
import { AbortError } from './errors.ts';

/** Called often in long arithmetic: lets the event loop run now and then, so that others get their turn. */
export type GiveWay = () => Promise<void>;

/** For arithmetic that nobody ends. */
export const neverGiveWay: GiveWay = async () => {};

/** Milliseconds of arithmetic between two turns of the event loop. */
const SLICE = 50;

/** Its promise rejects with an AbortError once the signal is aborted. */
export function giveWayFor(signal: AbortSignal): GiveWay {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < SLICE) return;
    await breathe();
    throwIfAborted(signal);
    last = performance.now();
  };
}

/** @throws {AbortError} */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new AbortError('The call was aborted', { cause: signal.reason });
}
