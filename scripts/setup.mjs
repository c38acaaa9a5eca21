#!/usr/bin/env node
/**
 * Everything a fresh machine needs, then the build. Plain Node.js: it runs before there is a
 * node_modules. `--no-build` stops before the build, `--browser` adds Chromium for the tests.
 */
import { build } from './build.mjs';
import { exitWith, isMain } from './lib/shell.mjs';
import { chromium } from './setup/chromium.mjs';
import { nodeModules, requireNode } from './setup/node-modules.mjs';
import { wasmRust } from './setup/rust.mjs';
import { wasmTools } from './setup/wasm-tools.mjs';

/**
 * @param {{ browser?: boolean, build?: boolean }} [options]
 * @returns {Promise<{ env: NodeJS.ProcessEnv, browser?: string }>} the environment that builds wasm
 */
export async function setup(options = {}) {
  requireNode();
  await nodeModules();
  const env = await wasmRust();
  await wasmTools();
  const browser = options.browser ? await chromium() : undefined;
  if (options.build !== false) await build(env);
  return { env, ...(browser ? { browser } : {}) };
}

if (isMain(import.meta.url)) {
  const has = (flag) => process.argv.includes(flag);
  setup({ browser: has('--browser'), build: !has('--no-build') }).catch(exitWith);
}
