/** Where things are. Everything the set-up makes lives in `.cache/`, which git ignores. */
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const cache = join(root, '.cache');
/** Command-line tools installed for this checkout alone. */
export const tools = join(cache, 'tools');
/** Links to the system's compiler, where that one has the wasm target and rustup's has not. */
export const systemRust = join(cache, 'rust', 'bin');
export const nodeBin = join(root, 'node_modules', '.bin');
export const wasmCrate = join(root, 'crates', 'unrolled-wasm');
export const generated = join(root, 'ts', 'generated');
export const dist = join(root, 'dist');

/** `entries` put before the PATH of `env`. */
export const withPath = (env, ...entries) => ({
  ...env,
  PATH: [...entries, env.PATH ?? ''].join(delimiter),
});
