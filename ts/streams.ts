import { transfer } from 'comlink';
import { unlessAborted } from './abortable.ts';
import { show } from './check.ts';
import { DataError } from './errors.ts';
import { isTensor } from './tensor.ts';
import { type Lend, lendBatch } from './transfer.ts';
import type { Batch, StreamName, StreamReader } from './worker/protocol.ts';

/** Batches that come one after the other: `[x, y]` each. */
export type BatchIterable<X = unknown, Y = unknown> =
  Iterable<readonly [x: X, y: Y]> | AsyncIterable<readonly [x: X, y: Y]>;

/** Batches, or a function that begins them anew for each epoch. */
export type BatchSource<X = unknown, Y = unknown> =
  BatchIterable<X, Y> | (() => BatchIterable<X, Y>);

/** Whether a value gives batches when it is iterated, or a function that does. */
export function isBatchSource(value: unknown): value is BatchSource {
  if (typeof value === 'function') return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    !isTensor(value) &&
    !ArrayBuffer.isView(value) &&
    (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}

type Items = Iterator<unknown> | AsyncIterator<unknown>;

function open(source: BatchSource, where: string): Items {
  const batches: unknown = typeof source === 'function' ? source() : source;
  if (typeof batches === 'object' && batches !== null) {
    if (Symbol.asyncIterator in batches)
      return (batches as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    if (Symbol.iterator in batches) return (batches as Iterable<unknown>)[Symbol.iterator]();
  }
  throw new DataError(`${where}: expected an iterable of batches [x, y], got ${show(batches)}`);
}

type BatchSources = Readonly<Partial<Record<StreamName, BatchSource>>>;

/** Checks and packs one batch `[x, y]`; `where` goes in front of messages. */
export type Packer = (x: unknown, y: unknown, where: string) => Batch;

/** Reads streams on the caller's thread, one batch at a time, when the loop asks for it. */
export class StreamPump {
  readonly #sources: BatchSources;
  readonly #pack: Packer;
  readonly #lend: Lend;
  readonly #open = new Map<string, Items>();
  readonly #closing: AbortSignal;

  /**
   * @param lend - makes a batch ready to cross
   * @param closing - aborted, with an AbortError, when nothing more is wanted
   */
  constructor(sources: BatchSources, pack: Packer, lend: Lend, closing: AbortSignal) {
    this.#sources = sources;
    this.#pack = pack;
    this.#lend = lend;
    this.#closing = closing;
  }

  /** What the loop calls. */
  readonly read: StreamReader = async (stream, restart) => {
    const where = stream === 'validation' ? 'validation batch' : 'batch';
    this.#closing.throwIfAborted();
    let items = this.#open.get(stream);
    if (items === undefined || restart) {
      const source = this.#sources[stream];
      if (source === undefined) return null;
      items = open(source, where);
      this.#open.set(stream, items);
    }
    const next = await unlessAborted(items.next(), this.#closing);
    if (next.done === true) return null;
    const value: unknown = next.value;
    if (!Array.isArray(value) || value.length !== 2) {
      throw new DataError(`${where}: expected [x, y], got ${show(value)}`);
    }
    const { batch, buffers } = await lendBatch(this.#lend, this.#pack(value[0], value[1], where));
    return transfer(batch, buffers);
  };

  /** Closes what is open. A source that is in the middle of a batch is not waited for. */
  close(): void {
    const end = async (items: Items) => items.return?.();
    for (const items of this.#open.values()) end(items).catch(() => {});
    this.#open.clear();
  }
}
