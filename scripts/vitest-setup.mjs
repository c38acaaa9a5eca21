/**
 * Vitest's global set-up: the tests import ts/, and ts/ imports the wasm file and the worker as
 * generated modules, which this brings up to date.
 */
import { build } from './build.mjs';
import { wasmRust } from './setup/rust.mjs';

export async function setup() {
  await build(await wasmRust());
}
