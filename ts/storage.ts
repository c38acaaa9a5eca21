import { download } from './storage/download.ts';
import { file } from './storage/file.ts';
import { indexedDB } from './storage/indexedDB.ts';

/** Where bytes can be written. */
export interface Destination {
  write(bytes: Uint8Array): Promise<void>;
}

/** Where bytes can be read. */
export interface Source {
  read(): Promise<Uint8Array>;
}

/** Places to save models to and to load them from. */
export const storage = { file, indexedDB, download } as const;
