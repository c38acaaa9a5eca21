import type { Api } from './api.ts';

/** A method of the {@link Api}. */
export type Method = keyof Api;

/** What a method gives, once it is there. */
export type Result<M extends Method> = Awaited<ReturnType<Api[M]>>;

/** The way to a model's engine, in a worker or on this thread. */
export interface Connection {
  /**
   * Calls a method. Rejects with errors of this library; every call that is pending when the engine
   * dies or is closed rejects too.
   * @param transfer - buffers that are given away
   */
  call<M extends Method>(
    method: M,
    args: Parameters<Api[M]>,
    transfer?: ArrayBuffer[],
  ): Promise<Result<M>>;
  /** Ends it; what is pending, and every later call, rejects with `reason`. */
  close(reason: Error): Promise<void>;
}

/** Calls that have not been answered. */
export class Pending {
  readonly #rejects = new Set<(error: Error) => void>();
  #closed: Error | undefined;

  /** Why no more calls are answered. */
  get closed(): Error | undefined {
    return this.#closed;
  }

  get size(): number {
    return this.#rejects.size;
  }

  /** A promise that settles with `answer`, or rejects when all are rejected. */
  add<T>(answer: Promise<T>, settled: () => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#rejects.add(reject);
      const done = (then: () => void) => {
        this.#rejects.delete(reject);
        then();
        settled();
      };
      answer.then(
        (value) => done(() => resolve(value)),
        (error: unknown) => done(() => reject(error)),
      );
    });
  }

  /** Rejects all, and says why to later calls. */
  close(reason: Error): void {
    if (this.#closed !== undefined) return;
    this.#closed = reason;
    for (const reject of this.#rejects) reject(reason);
    this.#rejects.clear();
  }
}
