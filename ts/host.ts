import type { Description, EngineSource } from './engine/engine.ts';
import type { EngineOptions } from './engine/options.ts';
import { DisposedError } from './errors.ts';
import { type Opened, open } from './open.ts';
import type { CompileSpec } from './spec.ts';
import { type Lend, lendToThread, lendToWorker } from './transfer.ts';
import type { Api } from './worker/api.ts';
import type { Method, Result } from './worker/connection.ts';

/** Arguments of a call, and the buffers that are given away with them. */
export interface Prepared<M extends Method> {
  readonly args: Parameters<Api[M]>;
  readonly buffers?: ArrayBuffer[];
}

/**
 * A model's engine: started by the first call, told of a new compilation before the next. Calls reach
 * it in the order in which they were made. It knows nothing of the model: a model that nobody holds
 * any more can be collected, and then gives its engine back.
 */
export class EngineHost {
  /** Makes data ready for the engine. */
  readonly lend: Lend;
  readonly #options: Required<EngineOptions>;
  readonly #source: EngineSource;
  readonly #closing = new AbortController();
  #opening: Promise<Opened> | undefined;
  #compile: CompileSpec | undefined;
  #compiling: Promise<void> | undefined;
  /** Resolves when the last call has been sent. */
  #sending: Promise<unknown> = Promise.resolve();

  constructor(options: Required<EngineOptions>, source: EngineSource, opened?: Opened) {
    this.#options = options;
    this.#source = source;
    this.#opening = opened === undefined ? undefined : Promise.resolve(opened);
    this.lend = options.thread === 'worker' ? lendToWorker : lendToThread;
  }

  /** Aborted, with a DisposedError, when the engine is to end. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Sets how the model is trained, from the next call on. */
  compile(spec: CompileSpec): void {
    this.#compile = spec;
    this.#compiling = undefined;
  }

  /** What the engine said when it started. */
  async description(): Promise<Description> {
    return (await this.#ready()).description;
  }

  /**
   * Calls the engine. Not an async function: its frame would keep the arguments.
   * @param given - the arguments, or a promise of them
   */
  call<M extends Method>(
    method: M,
    given: Parameters<Api[M]> | Promise<Prepared<M>>,
  ): Promise<Result<M>> {
    const prepared = given instanceof Promise ? given : Promise.resolve({ args: given });
    // Seen when the call's turn has come; until then a failure must not count as unhandled.
    prepared.catch(() => {});
    const sent = this.#sending.then(async () => {
      const { args, buffers }: Prepared<M> = await prepared;
      const { connection } = await this.#ready();
      // In an object: what is waited for is that it was sent.
      return { answer: connection.call(method, args, buffers) };
    });
    this.#sending = sent.catch(() => {});
    return sent.then(({ answer }) => answer);
  }

  /** Sends a call that needs no answer, if the engine has been started. */
  send<M extends Method>(method: M, args: Parameters<Api[M]>): void {
    this.#opening?.then(({ connection }) => connection.call(method, args)).catch(() => {});
  }

  /** Ends the engine; everything pending rejects. Doing it again does nothing. */
  async dispose(): Promise<void> {
    if (!this.#closing.signal.aborted) {
      this.#closing.abort(new DisposedError('The model has been disposed of'));
    }
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.connection.close(this.closing.reason as Error);
  }

  async #ready(): Promise<Opened> {
    this.closing.throwIfAborted();
    const opened = await this.#open();
    this.closing.throwIfAborted();
    const spec = this.#compile;
    if (spec !== undefined) {
      this.#compiling ??= opened.connection.call('compile', [spec]);
      await this.#compiling;
      if (this.#compile === spec) this.#compile = undefined;
    }
    return opened;
  }

  #open(): Promise<Opened> {
    if (this.#opening === undefined) {
      const opening = open(this.#options, this.#source);
      this.#opening = opening;
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = undefined;
      });
    }
    return this.#opening;
  }
}
