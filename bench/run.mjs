#!/usr/bin/env node
/** `npm run bench`: trains the same models with unrolled and with its peers. See README.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../scripts/lib/paths.mjs';
import { capture, exitWith, Failure } from '../scripts/lib/shell.mjs';
import { build, built, findPython, installPeers } from './runner/build.mjs';
import { Child } from './runner/child.mjs';
import { implementations, nodeFlags } from './runner/implementations.mjs';
import { machine } from './runner/machine.mjs';
import { measureWorkload } from './runner/measure.mjs';
import { markdown, text } from './runner/report.mjs';
import { judge } from './runner/targets.mjs';

const usage = `npm run bench -- [options]
  --json                 print one JSON object instead of tables
  --only a,b             these workloads (see bench/workloads.json)
  --against a,b          implementations whose name holds one of these words
  --quick                fewer and shorter rounds, without what no target speaks of
  --rounds N --seconds S rounds, and seconds of each implementation in a round
  --no-build             take what is built already
  --output FILE          write the JSON there too
  --markdown             write bench/RESULTS.md`;

const here = join(root, 'bench');

function parsed(list) {
  try {
    return parseArgs({ options: list }).values;
  } catch (error) {
    throw new Failure(`${error.message}\n${usage}`);
  }
}

function options() {
  const values = parsed({
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    against: { type: 'string' },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    output: { type: 'string' },
    markdown: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  });
  const number = (name, standard) => {
    const value = Number(values[name] ?? standard);
    if (!(value > 0))
      throw new Failure(`--${name}: expected a number above 0, got ${values[name]}`);
    return value;
  };
  return {
    ...values,
    rounds: Math.ceil(number('rounds', values.quick ? 3 : 5)),
    seconds: number('seconds', values.quick ? 0.25 : 0.6),
  };
}

/** The workloads of --only, or all. */
function chosenWorkloads(only) {
  const { batch, workloads } = JSON.parse(readFileSync(join(here, 'workloads.json'), 'utf8'));
  if (only === undefined) return { batch, workloads };
  const wanted = only.split(',');
  const known = workloads.map(({ name }) => name);
  for (const name of wanted)
    if (!known.includes(name))
      throw new Failure(`--only: expected some of ${known.join(', ')}, got ${name}`);
  return { batch, workloads: workloads.filter(({ name }) => wanted.includes(name)) };
}

function chosenImplementations(against, found) {
  const list = implementations(found);
  if (against === undefined) return list;
  const words = against.toLowerCase().split(',');
  return list.filter(({ name }) => words.some((word) => name.toLowerCase().includes(word)));
}

const note = (words) => {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${words}`);
};

/** Starts all; those that do not come up are errors. */
async function start(list) {
  const field = [];
  const errors = [];
  const versions = {};
  await Promise.all(
    list.map(async (implementation) => {
      const child = new Child(implementation);
      try {
        Object.assign(versions, await child.ready());
        field.push({ ...implementation, child });
      } catch (error) {
        const { name, threads } = implementation;
        errors.push({ implementation: name, threads, error: error.message });
      }
    }),
  );
  // In the order of the list, whoever came up first.
  const place = ({ name, threads }) =>
    list.findIndex((other) => other.name === name && other.threads === threads);
  field.sort((a, b) => place(a) - place(b));
  return { field, errors, versions };
}

/** Rates of kernels and the machine's peak, for each arithmetic that this Node.js has. */
function measureKernels(files) {
  const rates = {};
  for (const [arithmetic, file] of Object.entries(files)) {
    note(`kernels, ${arithmetic}`);
    const child = join(here, 'children', 'kernels.mjs');
    const { ok, stdout } = capture(process.execPath, [...nodeFlags, child, file]);
    if (ok) rates[arithmetic] = JSON.parse(stdout);
  }
  return rates;
}

async function main() {
  const { json, only, against, quick, rounds, seconds, output, ...rest } = options();
  if (rest.help) return console.log(usage);
  const { batch, workloads } = chosenWorkloads(only);
  const { kernels: kernelFiles, native } = rest['no-build'] ? built() : await build();
  await installPeers();
  const python = findPython();
  if (!python)
    console.error('• no Python with the other peers: bench/python/setup makes one in bench/.venv');

  const run = { machine: machine(), settings: { batch, rounds, seconds, quick } };
  const kernels = measureKernels(kernelFiles);
  note('starting the peers');
  const list = chosenImplementations(against, { native, python, quick });
  const { field, errors, versions } = await start(list);
  const results = [];
  const memory = [];
  for (const workload of workloads) {
    const settings = {
      batch,
      seconds,
      rounds,
      note: (words) => note(`${workload.name}: ${words}`),
    };
    const measured = await measureWorkload(workload, field, settings);
    results.push(...measured.results);
    errors.push(...measured.errors);
    memory.push(...memoryOf(measured.extras));
  }
  note('');
  for (const { child } of field) child.close();

  Object.assign(run, { versions, workloads, results, kernels, memory, errors });
  run.targets = judge(run);
  const data = `${JSON.stringify(run, null, 2)}\n`;
  mkdirSync(join(here, 'results'), { recursive: true });
  writeFileSync(join(here, 'results', `${run.machine.date.replaceAll(':', '-')}.json`), data);
  if (output) writeFileSync(output, data);
  if (rest.markdown) writeFileSync(join(here, 'RESULTS.md'), markdown(run));
  console.log(json ? data.trimEnd() : text(run));
}

/** What the engine held after its first and its last round: of the plain one, where it took part. */
function memoryOf(extras) {
  const own = extras.filter(({ wasm }) => wasm !== undefined);
  const one = own.filter(({ implementation }) => implementation === own[0].implementation);
  if (one.length === 0) return [];
  const [first, last] = [one[0], one.at(-1)];
  return [
    {
      workload: last.workload,
      implementation: last.implementation,
      steps: last.steps - first.steps,
      first,
      last,
    },
  ];
}

main().catch(exitWith);
