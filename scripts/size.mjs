#!/usr/bin/env node
/**
 * What the library adds to a page, compressed: bundled and minified by Vite. `unrolled` is everything
 * that a default training run loads (the API, the worker, the plain wasm file); each other entry is what
 * a page that has `unrolled` loads beyond that. Each has a budget of its own.
 */
import { gzipSync } from 'node:zlib';
import { dist } from './lib/paths.mjs';
import { exitWith, Failure, isMain } from './lib/shell.mjs';

/** In thousands of bytes: of a training page as decided, of the others a little above what they are. */
const budgets = {
  unrolled: 180,
  'unrolled/forecast': 9,
  'unrolled/table': 23,
  'unrolled/datasets': 1.2,
  'unrolled/fast': 125,
};

const page = '\0page';

/** What Vite makes of a page that uses these files of dist/. */
async function bundle(files) {
  const { build } = await import('vite');
  const lines = files.map((file, i) => `export * as entry${i} from './${file}.js';`);
  const result = await build({
    configFile: false,
    logLevel: 'error',
    root: dist,
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rollupOptions: { input: page, preserveEntrySignatures: 'strict' },
    },
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === page ? id : null),
        load: (id) => (id === page ? lines.join('\n') : null),
      },
    ],
  });
  return (Array.isArray(result) ? result : [result]).flatMap(({ output }) => output);
}

const compressed = (file) =>
  gzipSync(file.type === 'chunk' ? file.code : file.source, { level: 9 }).length / 1000;

const parts = { 'wasm-simd128': 'wasm', 'wasm-relaxed': 'fast', 'worker-code': 'worker' };

/** Thousands of bytes of every part of a page that has these entries; what is no part is API. */
async function measure(...files) {
  const sizes = {};
  for (const file of await bundle(files)) {
    const [, part] = Object.entries(parts).find(([name]) => file.fileName.includes(name)) ?? [];
    const name = part ?? 'API';
    sizes[name] = (sizes[name] ?? 0) + compressed(file);
  }
  return sizes;
}

const sum = (sizes) => Object.values(sizes).reduce((total, size) => total + size, 0);

/** Each entry's size, and the parts of the first. */
async function measureAll() {
  const base = await measure('index');
  if (!['API', 'worker', 'wasm'].every((part) => base[part] > 0)) {
    throw new Failure(`a part of the library is missing in the bundle: ${JSON.stringify(base)}`);
  }
  const added = Object.keys(budgets)
    .filter((name) => name !== 'unrolled')
    .map(async (name) => {
      const file = name.replace('unrolled/', '');
      return [name, { [file]: sum(await measure('index', file)) - sum(base) }];
    });
  return [['unrolled', base], ...(await Promise.all(added))];
}

/**
 * @returns {Promise<string>} a table of the entries
 * @throws {Failure} when one is over its budget
 */
export async function checkSize() {
  const rows = (await measureAll()).map(([name, sizes]) => {
    const all = Object.entries(sizes).map(([part, size]) => `${part} ${size.toFixed(1)}`);
    return { name, size: sum(sizes), budget: budgets[name], parts: all.length > 1 ? all : [] };
  });
  const lines = rows.map(({ name, size, budget, parts }) => {
    const figures = `${size.toFixed(1).padStart(7)} of ${String(budget).padEnd(3)} KB gzipped`;
    return `${name.padEnd(18)}${figures}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}`;
  });
  const over = rows.filter(({ size, budget }) => size > budget).map(({ name }) => name);
  const table = lines.join('\n');
  if (over.length > 0) throw new Failure(`Over its budget: ${over.join(', ')}\n${table}`);
  return table;
}

if (isMain(import.meta.url)) {
  checkSize()
    .then((words) => process.stdout.write(`${words}\n`))
    .catch(exitWith);
}
