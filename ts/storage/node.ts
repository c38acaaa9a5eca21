import { UnrolledError } from '../errors.ts';

/** Whether files can be reached: Node, Bun, Deno. */
export const hasFiles = (): boolean =>
  globalThis.process?.getBuiltinModule?.('node:fs/promises') !== undefined;

/** Node's modules for files; taken at run time, so that no bundler looks for them. */
export function nodeFiles() {
  const get = globalThis.process?.getBuiltinModule;
  if (get === undefined) {
    throw new UnrolledError(
      'Files can only be reached in Node: in a page use storage.indexedDB(name), storage.download(name) or toBytes()',
    );
  }
  return { fs: get('node:fs/promises'), path: get('node:path'), url: get('node:url') };
}
