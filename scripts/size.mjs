#!/usr/bin/env node
/**
 * What the library adds to a page, compressed: everything that a default training run loads (the
 * API with its dependencies, the worker, the plain wasm file), bundled and minified by Vite. The
 * relaxed-simd build, loaded instead of the plain one on request, is shown and not counted.
 */
import { gzipSync } from 'node:zlib';
import { dist } from './lib/paths.mjs';
import { exitWith, Failure, isMain } from './lib/shell.mjs';

const budget = 160 * 1000;
const entry = '\0page';

async function bundle() {
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
        load: (id) => (id === entry ? "export * from './index.js';" : null),
      },
    ],
  });
  return (Array.isArray(result) ? result : [result]).flatMap(({ output }) => output);
}

function partOf({ fileName }) {
  if (fileName.includes('wasm-relaxed')) return 'relaxed';
  if (fileName.includes('wasm-simd128')) return 'wasm';
  return fileName.includes('worker-code') ? 'worker' : 'API';
}

/**
 * @returns {Promise<string>} the sizes in a few words
 * @throws {Failure} when the library is over its budget
 */
export async function checkSize() {
  const sizes = { wasm: 0, worker: 0, API: 0, relaxed: 0 };
  for (const file of await bundle()) {
    const bytes = gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 });
    sizes[partOf(file)] += bytes.length;
  }
  const { relaxed, ...counted } = sizes;
  if (Object.values(sizes).some((size) => size === 0)) {
    throw new Failure(`a part of the library is missing in the bundle: ${JSON.stringify(sizes)}`);
  }
  const total = Object.values(counted).reduce((sum, size) => sum + size);
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;
  const parts = Object.entries(counted).map(([name, size]) => `${name} ${kilobytes(size)}`);
  const words = `${kilobytes(total)} of ${kilobytes(budget)} gzipped (${parts.join(', ')}; relaxed wasm ${kilobytes(relaxed)})`;
  if (total > budget) throw new Failure(`The library is over its budget: ${words}`);
  return words;
}

if (isMain(import.meta.url)) {
  checkSize()
    .then((words) => process.stdout.write(`${words}\n`))
    .catch(exitWith);
}
