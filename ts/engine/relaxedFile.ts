/**
 * Bytes of dist/wasm/relaxed.wasm, where this package lies on a disk as it was published: not in a
 * page, and not in a bundle. The path holds for the sources, and for dist/parts/, where the build
 * puts this module. It is put together in a way that no bundler takes for a file to bring along.
 */
export async function relaxedFile(): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const get = globalThis.process?.getBuiltinModule;
  const here: string | undefined = import.meta.url;
  if (get === undefined || !here?.startsWith('file:')) return undefined;
  const folder = get('node:path').dirname(get('node:url').fileURLToPath(here));
  const file = get('node:path').join(folder, '..', '..', 'dist', 'wasm', 'relaxed.wasm');
  return get('node:fs/promises')
    .readFile(file)
    .catch(() => undefined);
}
