/** Lets one user in at a time, in the order of arrival. */
export class Lock {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` once all that came before it has finished. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => {});
    return result;
  }
}
