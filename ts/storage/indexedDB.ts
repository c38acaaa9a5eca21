import { createStore, get, set } from 'idb-keyval';
import { text } from '../check.ts';
import { StorageError, UnrolledError } from '../errors.ts';
import type { Destination, Source } from '../storage.ts';
import { storageError } from './failure.ts';

/**
 * An entry of the page's IndexedDB (browsers only).
 * @param name - key of the entry
 */
export function indexedDB(name: string): Destination & Source {
  text('storage.indexedDB', name);
  const place = `indexeddb://${name}`;
  const store = () => {
    if (globalThis.indexedDB === undefined) {
      throw new UnrolledError('There is no IndexedDB here: in Node use a path');
    }
    return createStore('unrolled', 'models');
  };
  return {
    async write(bytes) {
      try {
        await set(name, bytes, store());
      } catch (error) {
        throw storageError(place, 'written', error);
      }
    },
    async read() {
      let bytes: unknown;
      try {
        bytes = await get(name, store());
      } catch (error) {
        throw storageError(place, 'read', error);
      }
      if (bytes instanceof Uint8Array) return bytes;
      throw new StorageError(`There is no model named ${JSON.stringify(name)} in IndexedDB`);
    },
  };
}
