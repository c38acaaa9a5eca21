import { sharedFlag, unlessAborted } from './abortable.ts';
import type { Callback } from './callbacks.ts';
import { AbortError } from './errors.ts';
import { collect, type EpochLogs, epochLogs, type History } from './history.ts';
import type { AbortSignalLike } from './platform.ts';
import { breathe } from './breathe.ts';
import {
  type Answer,
  type Command,
  commands,
  type Directive,
  type EpochRecord,
  type FitEvent,
  type FitListener,
  type FitOutcome,
} from './worker/protocol.ts';

/** How a run ended. */
export interface FitResult {
  /** Loss and metrics after each epoch. */
  readonly history: History;
  /** Numbers of the epochs in the history, from 0. */
  readonly epochs: readonly number[];
  /** `completed`: all epochs; `earlyStopping`; `stopped`: by `stop()`. */
  readonly end: 'completed' | 'earlyStopping' | 'stopped';
  /** Epoch whose weights early stopping brought back; null if none. */
  readonly bestEpoch: number | null;
}

/** What a run is doing. */
export type RunStatus = 'running' | 'pausing' | 'paused' | 'stopping' | 'ended' | 'failed';

/** What makes a run go. */
export interface RunDriver {
  /** Does the work; `flag` holds the wanted command where memory can be shared. */
  perform(listener: FitListener, flag: Int32Array | undefined, run: Run): Promise<FitOutcome>;
  /** Sends a message to the loop. */
  send(directive: Directive): void;
  readonly callbacks: readonly Callback[];
  readonly signal: AbortSignalLike | undefined;
  /** Aborted, with the reason, when the engine is to end. */
  readonly closing: AbortSignalLike;
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  'then' in value &&
  typeof value.then === 'function';

const ending = () => new AbortError('The run is to end');

/**
 * A training run. Await it for the result; iterate it for the epochs as they end (leaving the
 * iteration early stops the run); `pause`, `resume` and `stop` work between any two batches.
 */
export class Run implements PromiseLike<FitResult>, AsyncIterable<EpochLogs> {
  readonly #driver: RunDriver;
  readonly #flag: Int32Array | undefined;
  readonly #result: Promise<FitResult>;
  readonly #ended = new AbortController();
  /** Aborted when callbacks are no longer waited for. */
  readonly #cut = new AbortController();
  readonly #closed: Promise<void>;
  #close: () => void = () => {};
  readonly #records: EpochRecord[] = [];
  readonly #epochs: EpochLogs[] = [];
  #command: Command = 'run';
  #iterated = false;
  #status: RunStatus = 'running';
  #failure: { readonly error: unknown } | undefined;
  #waiting: (() => void)[] = [];
  /** Callbacks that the loop waits for. */
  #calling = 0;

  /** @internal A model's `fit` makes it. */
  constructor(driver: RunDriver) {
    this.#driver = driver;
    this.#flag = sharedFlag();
    this.#closed = new Promise((resolve) => {
      this.#close = resolve;
    });
    this.#result = this.#perform();
  }

  /**
   * Loss and metrics of the epochs so far; kept when the run fails. It is complete whenever the run
   * calls a callback, stands still or has ended. While it goes on and nothing on this side waits for
   * epochs (no iteration, `onEpochBegin` or `onEpochEnd`), it can be some 50 ms behind.
   */
  get history(): History {
    return collect(this.#records);
  }

  /** What the run is doing. */
  get status(): RunStatus {
    return this.#status;
  }

  /** Aborted when the run is to end or has ended: closes streams that it reads. */
  get closing(): AbortSignalLike {
    return this.#ended.signal;
  }

  /** Resolves when the run has ended, however that came. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /**
   * Pauses between two batches; resolves when the run stands still, waits for a callback, or has
   * ended.
   */
  async pause(): Promise<void> {
    if (this.#status === 'running') {
      this.#status = 'pausing';
      this.#tell('pause');
    }
    while (this.#status === 'pausing' && this.#calling === 0) await this.#change();
  }

  /** Goes on after a pause. */
  resume(): void {
    if (this.#status !== 'pausing' && this.#status !== 'paused') return;
    this.#turn('running');
    this.#tell('run');
  }

  /**
   * Ends the run between two batches; it resolves with the epochs that were finished. A model saved
   * then can go on from there with `fit(x, y, { resume: true })`.
   */
  stop(): void {
    this.#end('stop');
  }

  /** Awaits the result; rejects with what went wrong. */
  then<A = FitResult, B = never>(
    fulfilled?: ((result: FitResult) => A | PromiseLike<A>) | null,
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result.then(fulfilled, rejected);
  }

  /** Handles what went wrong. */
  catch<B = never>(
    rejected?: ((error: unknown) => B | PromiseLike<B>) | null,
  ): Promise<FitResult | B> {
    return this.#result.catch(rejected);
  }

  /** Calls back when the run has ended, however that came. */
  finally(settled?: (() => void) | null): Promise<FitResult> {
    return this.#result.finally(settled);
  }

  /** The epochs as they end. */
  async *[Symbol.asyncIterator](): AsyncGenerator<EpochLogs, void, undefined> {
    this.#result.catch(() => {});
    if (!this.#attended && !this.#over) this.#driver.send('attend');
    this.#iterated = true;
    let finished = false;
    try {
      for (let next = 0; ; next++) {
        while (next >= this.#epochs.length && !this.#over) await this.#change();
        const epoch = this.#epochs[next];
        if (epoch === undefined) break;
        yield epoch;
      }
      finished = true;
      await this.#result;
    } finally {
      if (!finished) this.stop();
    }
  }

  /** Whether something on this side may answer to an epoch, so that the loop has to wait. */
  get #attended(): boolean {
    const { callbacks } = this.#driver;
    return this.#iterated || callbacks.some((on) => on.onEpochBegin ?? on.onEpochEnd);
  }

  get #over(): boolean {
    return this.#status === 'ended' || this.#status === 'failed';
  }

  async #perform(): Promise<FitResult> {
    const { signal, closing } = this.#driver;
    const abort = () => this.#end('abort');
    const close = () => this.#cut.abort(closing.reason);
    // The caller gets the run before anything happens in it.
    await Promise.resolve();
    try {
      closing.throwIfAborted();
      closing.addEventListener('abort', close, { once: true });
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) throw this.#aborted();
      await this.#each((callback) => callback.onTrainBegin?.(this));
      const outcome = await this.#driver.perform((event) => this.#hear(event), this.#flag, this);
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#command === 'abort') throw this.#aborted();
      const result: FitResult = {
        history: this.history,
        epochs: this.#records.map(({ epoch }) => epoch),
        end: outcome.end === 'aborted' ? 'stopped' : outcome.end,
        bestEpoch: outcome.bestEpoch,
      };
      await this.#each((callback) => callback.onTrainEnd?.(result, this));
      this.#turn('ended');
      return result;
    } catch (error) {
      this.#turn('failed');
      throw this.#failure === undefined ? error : this.#failure.error;
    } finally {
      signal?.removeEventListener('abort', abort);
      closing.removeEventListener('abort', close);
      this.#ended.abort(ending());
      this.#close();
    }
  }

  #aborted(): AbortError {
    const cause: unknown = this.#driver.signal?.reason;
    return new AbortError('The run was aborted', { cause });
  }

  async #each(call: (callback: Callback) => unknown): Promise<void> {
    for (const callback of this.#driver.callbacks) {
      this.#calling += 1;
      try {
        const pending = call(callback);
        if (isPromise(pending)) await unlessAborted(pending, this.#cut.signal);
      } finally {
        this.#calling -= 1;
      }
    }
  }

  /** Takes an event of the loop; an error in a callback ends the run. */
  async #hear(event: FitEvent): Promise<Answer> {
    try {
      await this.#handle(event);
    } catch (error) {
      this.#fail(error);
    }
    return { command: this.#command, attended: this.#attended };
  }

  async #handle(event: FitEvent): Promise<void> {
    switch (event.type) {
      case 'begin':
        this.#records.push(...event.history);
        return;
      case 'epochBegin':
        return this.#each((callback) => callback.onEpochBegin?.(event.epoch, this));
      case 'progress': {
        const { epoch, batch, batches, logs } = event;
        const progress = { ...logs, loss: logs.loss ?? Number.NaN, epoch, batch, batches };
        for (const callback of this.#driver.callbacks) {
          const pending: unknown = callback.onBatchEnd?.(progress, this);
          if (isPromise(pending)) pending.then(undefined, (error) => this.#fail(error));
        }
        return;
      }
      case 'epochs': {
        const before = this.#epochs.length;
        for (const { record, seconds } of event.epochs) {
          this.#records.push(record);
          this.#epochs.push(epochLogs(record, seconds));
        }
        this.#turn(this.#status);
        for (const epoch of this.#epochs.slice(before))
          await this.#each((callback) => callback.onEpochEnd?.(epoch, this));
        // The bodies of iterations get their turn, so that a stop in one is in the answer.
        if (this.#iterated) await breathe();
        return;
      }
      case 'paused':
        if (this.#status === 'pausing') this.#turn('paused');
    }
  }

  /** Ends the run with an error of a callback. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#end('abort');
  }

  #end(command: 'stop' | 'abort'): void {
    if (this.#over || this.#command === 'abort') return;
    this.#turn('stopping');
    this.#tell(command);
    this.#ended.abort(ending());
    if (command === 'abort') this.#cut.abort(this.#aborted());
  }

  #tell(command: Command): void {
    this.#command = command;
    if (this.#flag !== undefined) Atomics.store(this.#flag, 0, commands.indexOf(command));
    this.#driver.send(command);
  }

  #turn(status: RunStatus): void {
    this.#status = status;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
