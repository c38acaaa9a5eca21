#!/usr/bin/env node
/**
 * Bundles ts/ into dist/: index.js and the other entries with their types, the same as CommonJS, cli.js, worker.js, wasm/*.wasm. Beside what has other people's code in it are their licences.
 *
 * The worker comes first, as one self-contained file: its text is also written to
 * ts/generated/worker-code.ts, so that a worker can be started where no bundler looks after files.
 */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { Script } from 'node:vm';
import { arithmetics, wasmFile, wasmNotices } from './build-wasm.mjs';
import { dist, generated, root } from './lib/paths.mjs';
import { exitWith, Failure, isMain, run } from './lib/shell.mjs';
import { contentHash } from './lib/stamp.mjs';
import { stampedStep } from './lib/step.mjs';

const sources = [
  'ts',
  'ts/generated/wasm-simd128.ts',
  'ts/generated/wasm-relaxed.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsdown.config.mjs',
  'scripts/build-library.mjs',
  'scripts/lib/notices',
];

async function bundle(name) {
  const cli = join(root, 'node_modules', 'tsdown', 'dist', 'run.mjs');
  await run(process.execPath, [cli, '--config', 'tsdown.config.mjs', '--filter', name]);
}

/** Bundles the worker and writes its text as a module. */
export const buildWorker = () =>
  stampedStep(
    {
      name: 'worker',
      title: 'bundling the worker',
      hash: contentHash(sources),
      outputs: [
        join(dist, 'worker.js'),
        join(dist, 'worker.licenses.txt'),
        join(generated, 'worker-code.ts'),
      ],
    },
    async () => {
      mkdirSync(generated, { recursive: true });
      await bundle('worker');
      const code = readFileSync(join(dist, 'worker.js'), 'utf8');
      try {
        new Script(code);
      } catch (error) {
        throw new Failure(`dist/worker.js must be one classic script: ${error.message}`);
      }
      writeFileSync(
        join(generated, 'worker-code.ts'),
        `// Made by scripts/build-library.mjs from dist/worker.js.\nexport default ${JSON.stringify(code)};\n`,
      );
    },
  );

/** The names of `Symbol.asyncDispose` and the like, for programs whose libraries are older. */
const disposable = '/// <reference lib="esnext.disposable" />\n';

/**
 * Finishes the types that were bundled, and writes those of the CommonJS build: the same under names
 * that say so.
 */
function finishTypes(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) finishTypes(path);
    if (!entry.name.endsWith('.d.ts')) continue;
    const bundled = readFileSync(path, 'utf8');
    const whole = /Symbol\.(asyncD|d)ispose/.test(bundled) ? disposable + bundled : bundled;
    writeFileSync(path, whole);
    const text = whole.replaceAll(/(from "\.[^"]*)\.js"/g, '$1.cjs"');
    writeFileSync(path.replace(/\.d\.ts$/, '.d.cts'), text);
  }
}

/** Removes what an earlier build left behind: afterwards, so that a program that runs finds its files. */
function removeOlder(folder, time) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeOlder(path, time);
    else if (!entry.name.startsWith('worker.') && statSync(path).mtimeMs < time - 1000)
      rmSync(path);
  }
}

export async function buildLibrary() {
  await buildWorker();
  await stampedStep(
    {
      name: 'library',
      title: 'bundling the library, its types and the command line',
      hash: contentHash([...sources, 'ts/generated/worker-code.ts', relative(root, wasmNotices)]),
      outputs: [
        ...['index', 'datasets', 'fast', 'forecast', 'table'].flatMap((name) =>
          ['js', 'cjs', 'd.ts', 'd.cts'].map((kind) => join(dist, `${name}.${kind}`)),
        ),
        join(dist, 'cli.js'),
      ],
    },
    async () => {
      const start = Date.now();
      await Promise.all(['library', 'commonjs', 'cli', 'types'].map(bundle));
      finishTypes(dist);
      removeOlder(dist, start);
      copyFileSync(wasmNotices, join(dist, 'wasm.licenses.txt'));
      mkdirSync(join(dist, 'wasm'), { recursive: true });
      for (const name of Object.keys(arithmetics)) {
        copyFileSync(wasmFile(name), join(dist, 'wasm', `${name}.wasm`));
      }
    },
  );
}

if (isMain(import.meta.url)) {
  buildLibrary().catch(exitWith);
}
