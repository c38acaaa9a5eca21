import type { Control } from './control.ts';
import { Progress } from './progress.ts';
import type { FinishedEpoch, Tell } from './protocol.ts';

/** Least time between two events about epochs to which nobody answers, in milliseconds. */
const INTERVAL = 50;

/**
 * Tells of finished epochs. Where the caller's side attends to the run, each is told by itself and
 * the answer awaited; else several are told at once, and the run goes on meanwhile.
 */
export class Report {
  readonly #control: Control;
  readonly #progress: Progress;
  #finished: FinishedEpoch[] = [];
  #heard: Promise<void> = Promise.resolve();

  constructor(control: Control, tell: Tell) {
    this.#control = control;
    this.#progress = new Progress(INTERVAL, tell);
  }

  /** Takes an epoch that has just ended; resolves when the run may go on. */
  async add(epoch: FinishedEpoch): Promise<void> {
    this.#finished.push(epoch);
    this.offer();
    if (this.#control.attended) await this.#heard;
  }

  /** Sends what is there, if it is time. */
  offer(): void {
    if (this.#control.attended || this.#progress.due()) void this.send();
  }

  /** Sends what is there; resolves when all epochs have been heard of. */
  send(): Promise<void> {
    const epochs = this.#finished;
    if (epochs.length > 0) {
      this.#finished = [];
      this.#heard = this.#progress.tell({ type: 'epochs', epochs });
    }
    return this.#heard;
  }
}
