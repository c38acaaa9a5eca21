import { knownOptions, show } from './check.ts';
import { type EngineOptions, engineOptions } from './engine/options.ts';
import { DataError } from './errors.ts';
import { Model } from './model.ts';
import { open } from './open.ts';
import { checkForeign } from './storage/foreign.ts';
import { bytesOf, type LoadSource } from './storage/resolve.ts';
import { readMetadata } from './worker/metadata.ts';

/**
 * Loads a model that `save` wrote, with its weights, and its optimizer if that was saved.
 * @param place - a path (Node), a URL, `indexeddb://name`, bytes, a Blob, or one of storage.*
 * @throws StorageError where it cannot be read, CheckpointError where the bytes are not a model of this library
 */
export async function load(place: LoadSource, options: EngineOptions = {}): Promise<Model> {
  const bytes = await bytesOf(place);
  checkForeign(bytes, typeof place === 'string' || place instanceof URL ? String(place) : '');
  return fromBytes(bytes, options);
}

/**
 * Makes a model from the bytes that `toBytes` gave.
 * @throws CheckpointError where the bytes are not a model of this library
 */
export async function fromBytes(
  bytes: Uint8Array | ArrayBuffer,
  options: EngineOptions = {},
): Promise<Model> {
  knownOptions('load', options, ['thread', 'arithmetic']);
  const engine = engineOptions('load', options);
  const given: unknown = bytes;
  if (!(given instanceof Uint8Array || given instanceof ArrayBuffer))
    throw new DataError(`fromBytes: expected bytes, got ${show(given)}`);
  const opened = await open(engine, {
    bytes: bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes),
  });
  const { spec, compile } = opened.description;
  const saved = readMetadata(opened.description);
  return new Model(spec, {
    ...engine,
    name: saved?.name ?? 'sequential',
    metadata: { ...saved?.metadata },
    compiled: compile,
    opened,
  });
}
