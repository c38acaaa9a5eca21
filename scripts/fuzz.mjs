#!/usr/bin/env node
/**
 * `npm run fuzz -- --mutants 1000000 --seed 1`: mutants of real checkpoints are loaded, used, trained
 * and saved again. None may trap, hang, throw an error that is not ours, or make the engine grow.
 * `--only N` tries that one; `--keep FOLDER` writes mutants that are faults.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { dist } from './lib/paths.mjs';
import { exitWith } from './lib/shell.mjs';

/** Longest time that a mutant may take, in milliseconds. */
const LIMIT = 20_000;

const { values } = parseArgs({
  options: {
    mutants: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    keep: { type: 'string' },
  },
});
const only = values.only === undefined ? undefined : Number(values.only);
const seed = Number(values.seed);
const mutants = Number(values.mutants);
const library = pathToFileURL(join(dist, 'index.js')).href;

const outcomes = {};
const faults = [];

/** Runs a worker over a range; resolves with the number of the mutant that ended it, or null. */
function part(from, to, step) {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  progress[0] = from;
  const workerData = { library, seed, from, to, step, progress };
  const worker = new Worker(new URL('fuzz/worker.mjs', import.meta.url), { workerData });
  return new Promise((resolve) => {
    let seen = from;
    let since = Date.now();
    const ended = (fault) => {
      clearInterval(watch);
      void worker.terminate();
      if (fault !== undefined) faults.push(fault);
      resolve(fault?.index ?? null);
    };
    const watch = setInterval(() => {
      const now = Atomics.load(progress, 0);
      if (now !== seen) [seen, since] = [now, Date.now()];
      else if (Date.now() - since > LIMIT) ended({ index: now, message: `hangs` });
    }, 1000);
    worker.on('message', (message) => {
      for (const [name, count] of Object.entries(message.outcomes))
        outcomes[name] = (outcomes[name] ?? 0) + count;
      ended(message.fault);
    });
    worker.on('error', (error) => ended({ index: seen, message: `ends the thread: ${error}` }));
  });
}

/** A range with as many workers as it takes: a fault ends one. */
async function range(from, to, step) {
  for (let next = from; next < to;) {
    const fault = await part(next, to, step);
    if (fault === null) return;
    next = fault + step;
  }
}

async function main() {
  if (only === undefined) {
    const threads = availableParallelism();
    await Promise.all(Array.from({ length: threads }, (_, i) => range(i, mutants, threads)));
  } else await range(only, only + 1, 1);
  const rows = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  for (const [outcome, count] of rows)
    process.stdout.write(`${String(count).padStart(9)}  ${outcome}\n`);
  for (const { index, message, mutant } of faults) {
    process.stdout.write(`fault: --seed ${seed} --only ${index}: ${message}\n`);
    if (values.keep === undefined || mutant === undefined) continue;
    mkdirSync(values.keep, { recursive: true });
    writeFileSync(join(values.keep, `${seed}-${index}.safetensors`), mutant);
  }
  const passed = rows.reduce((sum, [, count]) => sum + count, 0);
  process.stdout.write(`${passed} passed, ${faults.length} failed\n`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

main().catch(exitWith);
