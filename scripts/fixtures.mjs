#!/usr/bin/env node
/**
 * `npm run fixtures [-- part of a name …]`: writes test/fixtures anew with Keras and PyTorch. Makes
 * a Python environment in `.cache/python` from scripts/fixtures/requirements.txt, unless
 * UNROLLED_PYTHON names a Python that has them. The tests themselves never need Python.
 */
import { join } from 'node:path';
import { cache, root } from './lib/paths.mjs';
import { attach, exitWith, Failure, run, which } from './lib/shell.mjs';
import { contentHash } from './lib/stamp.mjs';
import { stampedStep } from './lib/step.mjs';

const requirements = join(root, 'scripts', 'fixtures', 'requirements.txt');

async function python() {
  if (process.env.UNROLLED_PYTHON) return process.env.UNROLLED_PYTHON;
  const base = which('python3') ?? which('python');
  if (base === null) throw new Failure('Making the fixtures needs Python 3 on the PATH.');
  const folder = join(cache, 'python');
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin', 'python');
  await stampedStep(
    {
      name: 'python',
      title: 'installing Keras and PyTorch into .cache/python (several GB)',
      hash: contentHash(['scripts/fixtures/requirements.txt']),
      outputs: [bin],
    },
    async () => {
      await run(base, ['-m', 'venv', folder]);
      await run(bin, ['-m', 'pip', 'install', '--quiet', '--requirement', requirements]);
    },
  );
  return bin;
}

async function main() {
  const make = join(root, 'scripts', 'fixtures', 'make.py');
  process.exitCode = await attach(await python(), [make, ...process.argv.slice(2)]);
}

main().catch(exitWith);
