import { download } from './storage/download.ts';
import { file } from './storage/file.ts';
import { indexedDB } from './storage/indexedDB.ts';

/** Where bytes can be written. */
export interface Destination {
  /** Writes all bytes, or nothing. */
  write(bytes: Uint8Array): Promise<void>;
}

/** Where bytes can be read. */
export interface Source {
  /** Reads all bytes. */
  read(): Promise<Uint8Array>;
}

/** Places to save models to and to load them from. */
export const storage = {
  /** A file (Node only). */
  file,
  /** An entry of the page's IndexedDB (browsers only). */
  indexedDB,
  /** A download of the page (browsers only); to save to. */
  download,
} as const;
