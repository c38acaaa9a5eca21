import { join } from 'node:path';
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

/** The command line uses the library as any program does: by its name. */
const byName = {
  [join(root, 'ts', 'index.ts')]: 'unrolled',
  [join(root, 'ts', 'datasets', 'index.ts')]: 'unrolled/datasets',
};

const libraryByName = {
  name: 'library by name',
  resolveId(source, importer) {
    const id =
      importer && source.startsWith('.') ? byName[join(importer, '..', source)] : undefined;
    return id && { id, external: true };
  },
};

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
    // One file without imports: it runs from a Blob in a page and from a string in Node.
    ...shared,
    name: 'worker',
    entry: { worker: 'ts/worker/entry.ts' },
    platform: 'neutral',
    dts: false,
    minify: true,
    deps: { alwaysBundle: /^(?!node:)/, onlyBundle: false },
    inputOptions: { resolve: { mainFields: ['module', 'main'] } },
    outputOptions: { codeSplitting: false },
    plugins: [npmNotices('worker.licenses.txt')],
  },
  {
    ...shared,
    name: 'library',
    entry: { index: 'ts/index.ts', datasets: 'ts/datasets/index.ts' },
    platform: 'neutral',
    dts: false,
    minify: { compress: true, mangle: false, codegen: false },
    deps: { neverBundle: [/^node:/] },
    outputOptions: { chunkFileNames: 'parts/[name].js' },
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
    entry: { index: 'ts/index.ts', datasets: 'ts/datasets/index.ts' },
    platform: 'neutral',
    dts: { emitDtsOnly: true },
    deps: { neverBundle: [/^node:/] },
    outputOptions: { chunkFileNames: 'parts/[name].js' },
    plugins: [commentsBegin],
  },
]);
