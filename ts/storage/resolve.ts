import { show } from '../check.ts';
import { UnrolledError } from '../errors.ts';
import type { BlobLike, URLLike } from '../platform.ts';
import type { Destination, Source } from '../storage.ts';
import { download } from './download.ts';
import { storageError } from './failure.ts';
import { file } from './file.ts';
import { indexedDB } from './indexedDB.ts';
import { hasFiles } from './node.ts';

const after = (text: string, scheme: string): string | undefined =>
  text.startsWith(scheme) ? text.slice(scheme.length) : undefined;

/** `indexeddb://name`, `download://name`, a path or file: URL, or a typed destination. */
export function destinationOf(place: string | URLLike | Destination): Destination {
  if (typeof place === 'object' && place !== null && 'write' in place) return place;
  if (typeof place !== 'string' && !(place instanceof URL)) {
    throw new UnrolledError(`save: expected a path, a URL or one of storage.*, got ${show(place)}`);
  }
  const text = String(place);
  const entry = after(text, 'indexeddb://');
  if (entry !== undefined) return indexedDB(entry);
  const offered = after(text, 'download://');
  return offered === undefined ? file(text) : download(offered);
}

/** Where a model can be loaded from. */
export type LoadSource = string | URLLike | Source | Uint8Array | ArrayBuffer | BlobLike;

/** Bytes of a saved model: given, stored, in a file, or fetched. */
export async function bytesOf(place: LoadSource): Promise<Uint8Array> {
  if (place instanceof Uint8Array) return place;
  if (place instanceof ArrayBuffer) return new Uint8Array(place);
  if (place instanceof Blob) return new Uint8Array(await place.arrayBuffer());
  if (typeof place === 'object' && place !== null && 'read' in place) {
    const bytes: unknown = await place.read();
    if (bytes instanceof Uint8Array) return bytes;
    throw new UnrolledError(`load: read(): expected a Uint8Array, got ${show(bytes)}`);
  }
  if (typeof place !== 'string' && !(place instanceof URL)) {
    throw new UnrolledError(
      `load: expected a path, a URL, bytes or one of storage.*, got ${show(place)}`,
    );
  }
  const text = String(place);
  const entry = after(text, 'indexeddb://');
  if (entry !== undefined) return indexedDB(entry).read();
  if (hasFiles() && !/^(https?|data|blob):/.test(text)) return file(text).read();
  return fetched(text);
}

async function fetched(url: string): Promise<Uint8Array> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw storageError(url, 'fetched', cause);
  }
}
