import { show } from '../check.ts';
import { CheckpointError, UnrolledError } from '../errors.ts';
import type { BlobLike, URLLike } from '../platform.ts';
import type { Destination, Source } from '../storage.ts';
import { download } from './download.ts';
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
  const path = hasFiles() && !/^(https?|data|blob):/.test(text);
  try {
    return await (path ? file(text).read() : fetched(text));
  } catch (cause) {
    if (cause instanceof UnrolledError) throw cause;
    const { message, code } = cause as Partial<NodeJS.ErrnoException>;
    const error = new CheckpointError(`load: ${show(text)} cannot be read: ${message}`, { cause });
    throw code === undefined ? error : Object.assign(error, { code });
  }
}

async function fetched(text: string): Promise<Uint8Array> {
  const response = await fetch(text);
  if (!response.ok) throw new CheckpointError(`${text}: could not be fetched (${response.status})`);
  return new Uint8Array(await response.arrayBuffer());
}
