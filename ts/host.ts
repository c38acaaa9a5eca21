import type { Description, EngineSource } from './engine/engine.ts';
import type { EngineOptions } from './engine/options.ts';
import { DisposedError } from './errors.ts';
import { type Opened, open } from './open.ts';
import type { CompileSpec } from './spec.ts';
import type { Api } from './worker/api.ts';
import type { Method, Result } from './worker/connection.ts';

/** A model's engine: started by the first call, told of a new compilation before the next. */
export class EngineHost {
  readonly #options: Required<EngineOptions>;
  readonly #source: EngineSource;
  #opening: Promise<Opened> | undefined;
  #compile: CompileSpec | undefined;
  #compiling: Promise<void> | undefined;
  #disposed: Error | undefined;

  constructor(options: Required<EngineOptions>, source: EngineSource, opened?: Opened) {
    this.#options = options;
    this.#source = source;
    this.#opening = opened === undefined ? undefined : Promise.resolve(opened);
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

  /** Calls the engine. */
  async call<M extends Method>(
    method: M,
    args: Parameters<Api[M]>,
    transfer?: ArrayBuffer[],
  ): Promise<Result<M>> {
    const { connection } = await this.#ready();
    return connection.call(method, args, transfer);
  }

  /** Sends a call that needs no answer, if the engine has been started. */
  send<M extends Method>(method: M, args: Parameters<Api[M]>): void {
    this.#opening?.then(({ connection }) => connection.call(method, args)).catch(() => {});
  }

  /** Ends the engine; everything pending rejects. Doing it again does nothing. */
  async dispose(): Promise<void> {
    this.#disposed ??= new DisposedError('The model has been disposed of');
    const opened = await this.#opening?.catch(() => undefined);
    await opened?.connection.close(this.#disposed);
  }

  async #ready(): Promise<Opened> {
    if (this.#disposed !== undefined) throw this.#disposed;
    const opened = await this.#open();
    if (this.#disposed !== undefined) throw this.#disposed;
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
