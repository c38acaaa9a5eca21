import type { Logs } from './protocol.ts';

/** Early stopping as plain data. */
export interface EarlyStopping {
  /** Tells it from a callback. */
  readonly type: 'earlyStopping';
  /** Key of the history that is watched. */
  readonly monitor: string;
  /** Epochs without improvement after which the run ends. */
  readonly patience: number;
  /** Least change that counts as an improvement. */
  readonly minDelta: number;
  /** Whether lower or higher is better. */
  readonly mode: 'min' | 'max';
  /** Bring the weights of the best epoch back at the end. */
  readonly restoreBestWeights: boolean;
  /** Value that must be reached for an improvement to reset the patience; null for none. */
  readonly baseline: number | null;
  /** Epochs before this one are not watched. */
  readonly startFromEpoch: number;
}

/** What early stopping remembers between epochs. */
export interface StoppingState {
  best: number | null;
  bestEpoch: number | null;
  wait: number;
}

/** Nothing seen yet. */
export const freshStopping = (): StoppingState => ({ best: null, bestEpoch: null, wait: 0 });

/**
 * Takes the logs of an epoch, as Keras's EarlyStopping does.
 * @returns whether to keep the weights as the best ones, and whether to stop
 */
export function watch(
  options: EarlyStopping,
  state: StoppingState,
  epoch: number,
  logs: Logs,
): { keep: boolean; stop: boolean } {
  const value = logs[options.monitor];
  if (value === undefined || epoch < options.startFromEpoch) return { keep: false, stop: false };
  const sign = options.mode === 'max' ? -1 : 1;
  const better = (than: number) => sign * (value - than) < -Math.abs(options.minDelta);
  state.wait += 1;
  if (state.best === null || better(state.best)) {
    state.best = value;
    state.bestEpoch = epoch;
    if (options.baseline === null || better(options.baseline)) state.wait = 0;
    return { keep: options.restoreBestWeights, stop: false };
  }
  return { keep: false, stop: state.wait >= options.patience && epoch > 0 };
}
