import { defineConfig } from 'tsdown';

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
  },
  {
    ...shared,
    name: 'library',
    entry: { index: 'ts/index.ts', datasets: 'ts/datasets/index.ts', cli: 'ts/cli/main.ts' },
    platform: 'neutral',
    dts: false,
    minify: { compress: true, mangle: false, codegen: false },
    deps: { neverBundle: [/^node:/] },
    outputOptions: { chunkFileNames: 'parts/[name].js' },
  },
  {
    ...shared,
    name: 'types',
    entry: { index: 'ts/index.ts', datasets: 'ts/datasets/index.ts' },
    platform: 'neutral',
    dts: { emitDtsOnly: true },
    deps: { neverBundle: [/^node:/] },
    outputOptions: { chunkFileNames: 'parts/[name].js' },
  },
]);
