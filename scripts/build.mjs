#!/usr/bin/env node
/** Rust to wasm, then TypeScript to dist/. Each part is skipped when its sources have not changed. */
import { buildLibrary } from './build-library.mjs';
import { buildWasm } from './build-wasm.mjs';
import { exitWith, isMain } from './lib/shell.mjs';
import { wasmRust } from './setup/rust.mjs';

/** @param {NodeJS.ProcessEnv} env what compiles wasm */
export async function build(env) {
  await buildWasm(env);
  await buildLibrary();
}

if (isMain(import.meta.url)) {
  wasmRust().then(build).catch(exitWith);
}
