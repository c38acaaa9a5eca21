#!/usr/bin/env node
/**
 * What the library adds to a page, compressed: everything that a default training run loads (the
 * API, the worker, the plain wasm file), bundled and minified by Vite. The relaxed-simd build, which a
 * page has only if it imports `unrolled/fast`, is shown and not counted.
 */
import { gzipSync } from 'node:zlib';
import { dist } from './lib/paths.mjs';
import { exitWith, Failure, isMain } from './lib/shell.mjs';

const budget = 160 * 1000;
const entry = '\0page';

/** What Vite makes of a page that uses this file of dist/. */
async function bundle(file) {
  const { build } = await import('vite');
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: dist,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rollupOptions: { input: entry, preserveEntrySignatures: 'strict' },
    },
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? `export * as library from './${file}';` : null),
      },
    ],
  });
  return (Array.isArray(result) ? result : [result]).flatMap(({ output }) => output);
}

const compressed = (file) =>
  gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length;

function partOf({ fileName }) {
  if (fileName.includes('wasm-simd128')) return 'wasm';
  return fileName.includes('worker-code') ? 'worker' : 'API';
}

/**
 * @returns {Promise<string>} the sizes in a few words
 * @throws {Failure} when the library is over its budget
 */
export async function checkSize() {
  const sizes = { wasm: 0, worker: 0, API: 0 };
  for (const file of await bundle('index.js')) {
    sizes[partOf(file)] += compressed(file);
  }
  if (Object.values(sizes).some((size) => size === 0)) {
    throw new Failure(`a part of the library is missing in the bundle: ${JSON.stringify(sizes)}`);
  }
  const fast = await bundle('fast.js');
  const relaxed = fast.reduce((sum, file) => sum + compressed(file), 0);
  const total = Object.values(sizes).reduce((sum, size) => sum + size);
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  const parts = Object.entries(sizes).map(([name, size]) => `${name} ${kilobytes(size)}`);
  const words = `${kilobytes(total)} of ${kilobytes(budget)} gzipped (${parts.join(', ')}; unrolled/fast ${kilobytes(relaxed)})`;
  if (total > budget) throw new Failure(`The library is over its budget: ${words}`);
  return words;
}

if (isMain(import.meta.url)) {
  checkSize()
    .then((words) => process.stdout.write(`${words}\n`))
    .catch(exitWith);
}
