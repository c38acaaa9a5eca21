import { createStore, get, set } from 'idb-keyval';
import { text } from '../check.ts';
import { CheckpointError, UnrolledError } from '../errors.ts';
import type { Destination, Source } from '../storage.ts';

/**
 * An entry of the page's IndexedDB (browsers only).
 * @param name - key of the entry
 */
export function indexedDB(name: string): Destination & Source {
  text('storage.indexedDB', name);
  const store = () => {
    if (globalThis.indexedDB === undefined) {
      throw new UnrolledError('There is no IndexedDB here: in Node use a path');
    }
    return createStore('unrolled', 'models');
  };
  return {
    async write(bytes) {
      await set(name, bytes, store());
    },
    async read() {
      const bytes: unknown = await get(name, store());
      if (bytes instanceof Uint8Array) return bytes;
      throw new CheckpointError(`There is no model named ${JSON.stringify(name)} in IndexedDB`);
    },
  };
}
