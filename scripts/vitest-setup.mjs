/**
 * Vitest's global set-up: the tests import ts/, and ts/ imports the wasm file and the worker as
 * generated modules. The worker, made from ts/, is brought up to date; the wasm file, which takes
 * minutes to compile, only if there is none. After a change of Rust code, run `npm run build`.
 */
import { existsSync } from 'node:fs';
import { buildWorker } from './build-library.mjs';
import { arithmetics, buildWasm, wasmFile } from './build-wasm.mjs';
import { wasmRust } from './setup/rust.mjs';

export async function setup() {
  const compiled = Object.keys(arithmetics).every((name) => existsSync(wasmFile(name)));
  if (!compiled) await buildWasm(await wasmRust());
  await buildWorker();
}
