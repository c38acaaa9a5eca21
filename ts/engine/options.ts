import { oneOf } from '../check.ts';

/** Where and how a model computes. */
export interface EngineOptions {
  /**
   * `worker`: in a worker of its own, off this thread. `main`: on this thread, giving way to the
   * event loop between batches. @default 'worker'
   */
  readonly thread?: 'worker' | 'main';
  /**
   * `exact`: the same bits on every machine. `fast`: fused instructions where the machine has them.
   * @default 'exact'
   */
  readonly arithmetic?: 'exact' | 'fast';
}

/** Checks where and how a model computes. */
export function engineOptions(where: string, given: EngineOptions): Required<EngineOptions> {
  return {
    thread: oneOf(`${where}: thread`, given.thread ?? 'worker', ['worker', 'main']),
    arithmetic: oneOf(`${where}: arithmetic`, given.arithmetic ?? 'exact', ['exact', 'fast']),
  };
}
