#!/usr/bin/env node
/**
 * `npm test [-- suite …]`: set-up, checks, then every suite, or the named ones without the checks.
 * The last line is `N passed, N failed`; the exit code is 1 when anything failed.
 */
import { check } from './check.mjs';
import { exitWith, Failure } from './lib/shell.mjs';
import { step } from './lib/step.mjs';
import { setup } from './setup.mjs';
import { rustNative, rustWasm } from './suites/rust.mjs';
import { browser, node, packed } from './suites/vitest.mjs';

const suites = {
  rust: ['Rust, native', rustNative],
  wasm: ['Rust inside wasm', rustWasm],
  node: ['TypeScript in Node, with its types', node],
  browser: ['the page in Chromium', browser],
  packed: ['the packed package', packed],
};

function chosen() {
  const named = process.argv.slice(2);
  const unknown = named.find((name) => !(name in suites));
  if (unknown !== undefined) {
    throw new Failure(`There is no suite ${unknown}; there are ${Object.keys(suites).join(', ')}.`);
  }
  return { names: named.length > 0 ? named : Object.keys(suites), checks: named.length === 0 };
}

async function main() {
  const { names, checks } = chosen();
  const made = await setup({ browser: names.includes('browser') });
  const total = { passed: 0, failed: 0 };
  if (checks) total.failed += (await check(made.env)).length;
  for (const name of names) {
    const [title, run] = suites[name];
    let result;
    await step(`testing: ${title}`, async () => {
      result = await run(made);
      return `${result.passed} passed, ${result.failed} failed`;
    });
    if (result.failed > 0) process.stderr.write(`${result.output.trimEnd()}\n`);
    total.passed += result.passed;
    total.failed += result.failed;
  }
  process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

main().catch(exitWith);
