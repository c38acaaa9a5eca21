import type { Callback } from '../../ts/index.ts';
import { Run, type RunDriver } from '../../ts/run.ts';
import type { FitListener, FitOutcome, FitRequest } from '../../ts/worker/protocol.ts';
import { fitRequest } from './fitRequest.ts';

/** What a run over a fake engine is like. */
export interface RunSetup {
  /** How it differs from {@link fitRequest}. */
  readonly changes?: Partial<FitRequest>;
  readonly callbacks?: readonly Callback[];
  readonly signal?: AbortSignal;
  /** Whether commands go through shared memory too. */
  readonly shared?: boolean;
  /** Aborted when the engine is to end. */
  readonly closing?: AbortSignal;
  /** Longest time without giving way to the event loop, in milliseconds. */
  readonly slice?: number;
}

/** The way to a run's loop. */
interface Way {
  readonly send: RunDriver['send'];
  fit(request: FitRequest, listener: FitListener): Promise<FitOutcome>;
}

/** A run over the loop that `way` leads to. */
export const fakeRun = (
  {
    changes,
    callbacks = [],
    signal,
    shared = true,
    closing = new AbortController().signal,
  }: RunSetup,
  { send, fit }: Way,
): Run =>
  new Run({
    callbacks,
    signal,
    closing,
    send,
    perform(listener, flag) {
      const epochBegin = callbacks.some(({ onEpochBegin }) => onEpochBegin !== undefined);
      const memory = shared && flag !== undefined ? { flag } : {};
      return fit(fitRequest({ epochBegin, ...changes, ...memory }), listener);
    },
  });
