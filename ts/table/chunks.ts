import { fail } from '../check.ts';

/** The text or the bytes of a table; or its bytes in pieces, as a stream of a file or of a response gives them. */
export type TableSource = string | Uint8Array | AsyncIterable<Uint8Array>;

/** Bytes that are read at a time, and those by which a table is recognised. */
const PIECE = 65_536;

/** A source in pieces, those of a long one small enough that a page lives between two of them. */
export async function* chunksOf(source: TableSource): AsyncIterable<Uint8Array> {
  if (typeof source === 'object' && source !== null && Symbol.asyncIterator in source) {
    return yield* source;
  }
  if (typeof source !== 'string' && !(source instanceof Uint8Array)) {
    return fail('readSeries', 'CSV as a text, as bytes or as a stream of bytes', source);
  }
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

/** The first bytes, and all pieces with them. */
export async function beginningOf(chunks: AsyncIterable<Uint8Array>) {
  const pieces = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < PIECE) {
    const { value, done } = await pieces.next();
    if (done) break;
    first.push(value);
    length += value.length;
  }
  const start = new Uint8Array(length);
  let at = 0;
  for (const piece of first) {
    start.set(piece, at);
    at += piece.length;
  }
  async function* all() {
    yield start;
    yield* { [Symbol.asyncIterator]: () => pieces };
  }
  return { head: start.subarray(0, PIECE), chunks: all() };
}
