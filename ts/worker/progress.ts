import type { FitEvent, Tell } from './protocol.ts';

/** Tells of progress at most once in a while, and never faster than it is heard. */
export class Progress {
  readonly #interval: number | undefined;
  readonly #tell: Tell;
  #last = Number.NEGATIVE_INFINITY;
  #heard = true;

  /** @param interval - least time between two events, in milliseconds; none for no events */
  constructor(interval: number | undefined, tell: Tell) {
    this.#interval = interval;
    this.#tell = tell;
  }

  /** Whether it is time for an event. */
  due(): boolean {
    if (this.#interval === undefined || !this.#heard) return false;
    return performance.now() - this.#last >= this.#interval;
  }

  /** Sends an event; resolves when it has been heard. */
  async tell(event: FitEvent): Promise<void> {
    this.#last = performance.now();
    this.#heard = false;
    await this.#tell(event);
    this.#heard = true;
  }
}
