import type { FitEvent, FitListener } from './protocol.ts';

/** Tells of progress at most once in a while, and never faster than it is heard. */
export class Progress {
  readonly #interval: number | undefined;
  readonly #listener: FitListener;
  #last = Number.NEGATIVE_INFINITY;
  #heard = true;

  /** @param interval - least time between two events, in milliseconds; none for no events */
  constructor(interval: number | undefined, listener: FitListener) {
    this.#interval = interval;
    this.#listener = listener;
  }

  /** Whether it is time for an event. */
  due(): boolean {
    if (this.#interval === undefined || !this.#heard) return false;
    return performance.now() - this.#last >= this.#interval;
  }

  /** Sends an event. */
  tell(event: FitEvent): void {
    this.#last = performance.now();
    this.#heard = false;
    const heard = () => {
      this.#heard = true;
    };
    Promise.resolve(this.#listener(event)).then(heard, heard);
  }
}
