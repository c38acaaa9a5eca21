import { join, relative } from 'node:path';
import { defineConfig } from 'tsdown';
import { npmNotices } from './scripts/lib/notices/npm.mjs';
import { root } from './scripts/lib/paths.mjs';

const shared = {
  format: 'esm',
  target: 'es2022',
  outDir: 'dist',
  clean: false,
  fixedExtension: false,
  hash: false,
  report: false,
  logLevel: 'warn',
};

const entry = {
  index: 'ts/index.ts',
  datasets: 'ts/datasets/index.ts',
  fast: 'ts/fast.ts',
  forecast: 'ts/forecast/index.ts',
  table: 'ts/table/index.ts',
};

/** The library with the packages that it uses inside, so that a page needs one file and its parts. */
const library = {
  ...shared,
  entry,
  dts: false,
  minify: { compress: true, mangle: false, codegen: false },
  deps: { alwaysBundle: /^(?!node:)/, neverBundle: [/^node:/], onlyBundle: false },
  inputOptions: { resolve: { mainFields: ['module', 'main'] } },
};

/**
 * Node alone loads the CommonJS build (bundlers take the ES modules, whoever asks): it reads the big
 * texts from the files that lie in the package anyway.
 */
const fromFiles = {
  name: 'texts from files',
  load(id) {
    const [file, encoding] = files[relative(join(root, 'ts', 'generated'), id)] ?? [];
    return (
      file &&
      `import { readFileSync } from 'node:fs';
       import { join, relative } from 'node:path';
       export default readFileSync(join(__dirname, '..', '${file}')${encoding});`
    );
  },
};
/** Taken from Node's modules: as globals they are missing where jest pretends to be a page (jsdom). */
const ofNode = {
  MessageChannel: ['node:worker_threads', 'MessageChannel'],
  TextDecoder: ['node:util', 'TextDecoder'],
  TextEncoder: ['node:util', 'TextEncoder'],
  crypto: ['node:crypto', 'webcrypto'],
};

/** Node has its own. */
const nodeBuffer = {
  name: 'buffer of Node',
  resolveId: (id) => (id === 'buffer/' ? { id: 'node:buffer', external: true } : undefined),
};

const files = {
  'wasm-simd128.ts': ['wasm/simd128.wasm', ''],
  'wasm-relaxed.ts': ['wasm/relaxed.wasm', ''],
  'worker-code.ts': ['worker.js', ", 'utf8'"],
};

/** Leaves modules of `ts/` outside the bundle of those that import them, under the names given. */
const outside = (names, from = '') => ({
  name: 'outside',
  resolveId(source, importer = '') {
    if (!source.startsWith('.') || !importer.startsWith(join(root, 'ts', from))) return undefined;
    const id = names[relative(join(root, 'ts'), join(importer, '..', source))];
    return id && { id, external: true };
  },
});

/** The command line uses the library as any program does: by its name. */
const libraryByName = outside({
  'index.ts': 'unrolled',
  'datasets/index.ts': 'unrolled/datasets',
  'forecast/index.ts': 'unrolled/forecast',
  'table/index.ts': 'unrolled/table',
});

/** Forecasting uses the library as the file beside it, which it is also where nothing resolves names. */
const libraryBeside = (file) => outside({ 'index.ts': `./${file}` }, 'forecast');

/** What csv-parse takes from Node, for pages. */
const pageStreams = {
  name: 'streams of pages',
  resolveId: (id) => (id === 'node:stream/web' ? '\0streams' : undefined),
  load: (id) =>
    id === '\0streams'
      ? 'export const { CountQueuingStrategy, TransformStream } = globalThis;'
      : undefined,
};
const pageBuffer = join(root, 'ts', 'table', 'buffer.ts');

/**
 * A comment belongs to the member below it only if a line begins with it. The emitter of
 * declarations writes those inside object types at the end of the line before.
 */
const commentsBegin = {
  name: 'comments begin lines',
  renderChunk: (code) =>
    code
      .replace(/(?<=[;{]) (\/\*\*.*\*\/)\n( *)/g, '\n$2$1\n$2')
      .replace(/^( *)(\/\*\*.*?\*\/)(?=\S)/gm, '$1$2\n$1'),
};

export default defineConfig([
  {
    // One classic script without imports: it runs from a Blob in a page, also in one without an
    // origin, where modules may not be loaded; from a string in Node; and as a module.
    ...shared,
    name: 'worker',
    entry: { worker: 'ts/worker/entry.ts' },
    format: 'iife',
    platform: 'neutral',
    dts: false,
    minify: true,
    deps: { alwaysBundle: /^(?!node:)/, onlyBundle: false },
    inputOptions: { resolve: { mainFields: ['module', 'main'] } },
    outputOptions: { codeSplitting: false, entryFileNames: '[name].js', intro: '"use strict";' },
    plugins: [npmNotices('worker.licenses.txt')],
  },
  {
    ...library,
    name: 'library',
    platform: 'neutral',
    deps: { alwaysBundle: /^/, onlyBundle: false },
    outputOptions: { chunkFileNames: 'parts/[name].js' },
    inputOptions: {
      ...library.inputOptions,
      transform: { inject: { Buffer: [pageBuffer, 'Buffer'] } },
    },
    plugins: [pageStreams, libraryBeside('index.js'), npmNotices('library.licenses.txt')],
  },
  {
    ...library,
    name: 'commonjs',
    format: 'cjs',
    platform: 'node',
    outputOptions: { chunkFileNames: 'parts/[name].cjs', exports: 'named' },
    inputOptions: { ...library.inputOptions, transform: { inject: ofNode } },
    plugins: [fromFiles, nodeBuffer, libraryBeside('index.cjs')],
  },
  {
    // With its packages inside, so that a page that installs the library does not get them.
    ...shared,
    name: 'cli',
    entry: { cli: 'ts/cli/main.ts' },
    platform: 'node',
    dts: false,
    minify: true,
    deps: { alwaysBundle: /^(?!node:|canvas$)/, neverBundle: ['canvas'], onlyBundle: false },
    outputOptions: { chunkFileNames: 'cli/[name].js' },
    plugins: [libraryByName, npmNotices('cli.licenses.txt')],
  },
  {
    ...shared,
    name: 'types',
    entry,
    platform: 'neutral',
    dts: { emitDtsOnly: true },
    deps: { neverBundle: [/^node:/] },
    outputOptions: { chunkFileNames: 'parts/[name].js' },
    plugins: [commentsBegin, libraryBeside('index.js')],
  },
]);
