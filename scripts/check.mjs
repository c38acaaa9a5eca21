#!/usr/bin/env node
/**
 * `npm run check`: format, lints and types of both languages, the size of the library, and whether its
 * package resolves everywhere. All of it runs, whatever fails on the way.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { arithmeticEnv, arithmetics, wasmPackages } from './build-wasm.mjs';
import { pack } from './lib/pack.mjs';
import { cache, root } from './lib/paths.mjs';
import { hasCargo, nativeEnv, target } from './lib/rust.mjs';
import { capture, exitWith, Failure, isMain, run } from './lib/shell.mjs';
import { step } from './lib/step.mjs';
import { setup } from './setup.mjs';
import { checkSize } from './size.mjs';

/** Runs a tool of node_modules. */
const tool = async (file, ...args) => {
  await run(process.execPath, [join(root, 'node_modules', file), ...args]);
};

const cargo = async (args, env) => {
  await run('cargo', args, { env });
};

function requireCargo(subcommand, env) {
  if (hasCargo(subcommand, env)) return;
  throw new Failure(
    `cargo ${subcommand} is missing: install it with \`rustup component add ${subcommand === 'fmt' ? 'rustfmt' : subcommand}\``,
  );
}

async function lintRust(env) {
  requireCargo('clippy', env);
  const flags = ['clippy', '--workspace', '--all-targets', '--locked', '--quiet'];
  await cargo([...flags, '--', '-D', 'warnings'], env);
}

/** TypeScript is there only after the set-up. */
async function editors() {
  const { checkTypes } = await import('./check-types.mjs');
  checkTypes();
}

/** Whether clippy's driver knows the wasm target of this environment; the system's Rust has none. */
function lintsWasm(env) {
  mkdirSync(join(cache, 'rust'), { recursive: true });
  const output = join(cache, 'rust', 'probe.rmeta');
  const flags = ['--target', target, '--crate-type', 'lib', '--emit', 'metadata', '-o', output];
  const input = { input: '', stdio: ['pipe', 'pipe', 'pipe'] };
  return capture('clippy-driver', ['--rustc', ...flags, '-'], { env, ...input }).ok;
}

async function lintWasm(env) {
  const withClippy = lintsWasm(env);
  const packages = wasmPackages().flatMap((name) => ['-p', name]);
  for (const name of Object.keys(arithmetics)) {
    const flags = ['--lib', '--release', '--locked', '--quiet', '--target', target];
    const wasm = arithmeticEnv(name, env);
    if (withClippy) {
      await cargo(['clippy', ...packages, ...flags, '--', '-D', 'warnings'], wasm);
    } else {
      const output = await run('cargo', ['check', ...packages, ...flags], { env: wasm });
      if (/^warning/m.test(output)) throw new Failure(output);
    }
  }
  return withClippy ? '' : "no clippy for this compiler, rustc's own lints";
}

/** Entries that are files to serve or to start, not code to import. */
const served = ['worker', 'wasm/simd128.wasm', 'wasm/relaxed.wasm'];

async function checkPackage() {
  const tarball = await pack();
  await tool('publint/src/cli.js', 'run', tarball, '--strict');
  const attw = '@arethetypeswrong/cli/dist/index.js';
  await tool(attw, tarball, '--format', 'ascii', '--exclude-entrypoints', ...served);
}

const checks = (env) => {
  const native = nativeEnv();
  return [
    [
      'format of Rust',
      async () => {
        requireCargo('fmt', native);
        await cargo(['fmt', '--all', '--check'], native);
      },
    ],
    ['lints of Rust, native', () => lintRust(native)],
    ['lints of Rust, wasm', () => lintWasm(env)],
    ['types of TypeScript', () => tool('typescript/bin/tsc', '--noEmit')],
    ['lints of TypeScript', () => tool('eslint/bin/eslint.js', '.', '--max-warnings', '0')],
    [
      'format of everything else',
      () => tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
    ],
    ['what editors show of the library', editors],
    ['size of the library', checkSize],
    ['package.json, and how its types resolve', checkPackage],
  ];
};

/**
 * @param {NodeJS.ProcessEnv} env of the set-up
 * @returns {Promise<string[]>} the checks that failed; their output is on standard error
 */
export async function check(env) {
  const failed = [];
  for (const [title, work] of checks(env)) {
    try {
      await step(`checking: ${title}`, work);
    } catch (error) {
      failed.push(title);
      process.stderr.write(`${error instanceof Failure ? error.message : error.stack}\n`);
    }
  }
  return failed;
}

if (isMain(import.meta.url)) {
  const main = async () => {
    const { env } = await setup();
    const failed = await check(env);
    if (failed.length > 0) throw new Failure(`Failed: ${failed.join(', ')}.`);
  };
  main().catch(exitWith);
}
