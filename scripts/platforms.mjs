#!/usr/bin/env node
/**
 * `npm run platforms [-- name …]`: tries the packed library in every runtime, bundler, type checker
 * and test runner of the tables in scripts/platforms/, or in those whose names begin as given; prints
 * a line each. Every row is a project of its own outside this one, with the tool at a fixed version.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pack } from './lib/pack.mjs';
import { collect, exitWith, Failure, isMain } from './lib/shell.mjs';
import { bundlers } from './platforms/bundlers.mjs';
import { losses } from './platforms/programs.mjs';
import { runtimes } from './platforms/runtimes.mjs';
import { testRunners } from './platforms/testRunners.mjs';
import { typeSettings } from './platforms/types.mjs';
import { closeBrowser, textOfPage } from './platforms/page.mjs';

/**
 * A row: packages to install (`scripts`: with their install scripts), files to write, steps to run,
 * each with what it has to print: all of it, or a pattern in it. A row with `site` is a page: the
 * folder or file that is opened in Chromium afterwards, where the losses have to appear.
 * @typedef {{ install: string[], scripts?: boolean, files: Record<string, string>,
 *   steps: [command: string, expected: string | RegExp][], site?: string, disk?: boolean }} Row
 * @type {Record<string, Row>}
 */
const rows = { ...runtimes, ...bundlers, ...typeSettings, ...testRunners };

/** The environment without what npm told this process about this project. */
const environment = (folder) => {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_registry)|NODE_ENV$|NODE_OPTIONS$)/i.test(name),
  );
  const path = [join(folder, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  return { ...Object.fromEntries(kept), PATH: path, NO_COLOR: '1', CI: '1' };
};

const last = (text) => text.trim().split('\n').slice(-30).join('\n');

async function shell(command, folder) {
  const options = { cwd: folder, env: environment(folder), timeout: 240_000 };
  return collect('sh', ['-c', command], options);
}

async function prepare({ install, scripts = false, files }, tarball, folder) {
  for (const [name, text] of Object.entries({
    'package.json': '{ "private": true }\n',
    ...files,
  })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const flags = `--no-audit --no-fund --prefer-offline --loglevel=error ${scripts ? '' : '--ignore-scripts'}`;
  const { output, failure } = await shell(
    `npm install ${flags} ${[tarball, ...install].join(' ')}`,
    folder,
  );
  if (failure !== null) throw new Failure(`could not be installed: ${last(output)}`);
}

async function attempt(row, tarball) {
  const folder = mkdtempSync(join(tmpdir(), 'unrolled-platforms-'));
  try {
    await prepare(row, tarball, folder);
    for (const [command, expected] of row.steps) {
      const { output } = await shell(command, folder);
      const right =
        typeof expected === 'string' ? output.trim() === expected : expected.test(output);
      if (!right) throw new Failure(`${command}: expected ${expected}, got\n${last(output)}`);
    }
    if (row.site !== undefined) {
      const text = await textOfPage(join(folder, row.site), row.disk);
      if (text !== losses) throw new Failure(`the page: expected ${losses}, got ${text}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main() {
  const wanted = process.argv.slice(2);
  const chosen = Object.entries(rows).filter(
    ([name]) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)),
  );
  if (chosen.length === 0) {
    throw new Failure(`There is no such row; there are ${Object.keys(rows).join(', ')}.`);
  }
  const tarball = await pack();
  let failed = 0;
  for (const [name, row] of chosen) {
    const began = performance.now();
    const result = await attempt(row, tarball).then(
      () => 'ok',
      (error) => (error instanceof Failure ? error.message : error.stack),
    );
    if (result !== 'ok') failed += 1;
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    process.stdout.write(`${name.padEnd(28)} ${result} (${seconds} s)\n`);
  }
  await closeBrowser();
  process.stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
}

if (isMain(import.meta.url)) main().catch(exitWith);
