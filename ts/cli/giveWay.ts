import { setImmediate } from 'node:timers/promises';

/** Called often in long arithmetic: lets the event loop run now and then, so that Ctrl-C is noticed. */
export type GiveWay = () => Promise<void>;

/** For arithmetic that nobody ends. */
export const neverGiveWay: GiveWay = async () => {};

/** Milliseconds of arithmetic between two turns of the event loop. */
const SLICE = 50;

/** Its promise rejects with the signal's reason once that is aborted. */
export function giveWayFor(signal: AbortSignal): GiveWay {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < SLICE) return;
    await setImmediate();
    signal.throwIfAborted();
    last = performance.now();
  };
}
