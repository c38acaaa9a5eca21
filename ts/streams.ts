import { transfer } from 'comlink';
import { show } from './check.ts';
import { AbortError, DataError } from './errors.ts';
import { isTensor } from './tensor.ts';
import { batchForTransfer } from './transfer.ts';
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

const closedError = () => new AbortError('The stream was closed');

/** Reads streams on the caller's thread, one batch at a time, when the loop asks for it. */
export class StreamPump {
  readonly #sources: BatchSources;
  readonly #pack: (x: unknown, y: unknown, where: string) => Batch;
  readonly #open = new Map<string, Items>();
  readonly #closing: AbortSignal;
  readonly #closed: Promise<never>;

  /**
   * @param pack - checks and packs one batch
   * @param closing - aborted when nothing more is wanted
   */
  constructor(
    sources: BatchSources,
    pack: (x: unknown, y: unknown, where: string) => Batch,
    closing: AbortSignal,
  ) {
    this.#sources = sources;
    this.#pack = pack;
    this.#closing = closing;
    this.#closed = new Promise((_, reject) => {
      closing.addEventListener('abort', () => reject(closedError()), { once: true });
    });
    this.#closed.catch(() => {});
  }

  /** What the loop calls. */
  readonly read: StreamReader = async (stream, restart) => {
    const where = stream === 'validation' ? 'validation batch' : 'batch';
    if (this.#closing.aborted) throw closedError();
    let items = this.#open.get(stream);
    if (items === undefined || restart) {
      const source = this.#sources[stream];
      if (source === undefined) return null;
      items = open(source, where);
      this.#open.set(stream, items);
    }
    const next = await Promise.race([items.next(), this.#closed]);
    if (next.done === true) return null;
    const value: unknown = next.value;
    if (!Array.isArray(value) || value.length !== 2) {
      throw new DataError(`${where}: expected [x, y], got ${show(value)}`);
    }
    const { batch, buffers } = batchForTransfer(this.#pack(value[0], value[1], where));
    return transfer(batch, buffers);
  };

  /** Closes what is open. A source that is in the middle of a batch is not waited for. */
  close(): void {
    for (const items of this.#open.values()) {
      Promise.resolve(items.return?.()).catch(() => {});
    }
    this.#open.clear();
  }
}
