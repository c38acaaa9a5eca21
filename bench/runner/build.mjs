/** What the bench needs built or installed; each step is skipped when nothing has changed. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { arithmeticEnv } from '../../scripts/build-wasm.mjs';
import { cache, root } from '../../scripts/lib/paths.mjs';
import { nativeEnv, target } from '../../scripts/lib/rust.mjs';
import { run } from '../../scripts/lib/shell.mjs';
import { contentHash } from '../../scripts/lib/stamp.mjs';
import { stampedStep, step } from '../../scripts/lib/step.mjs';
import { wasmRust } from '../../scripts/setup/rust.mjs';
import { setup } from '../../scripts/setup.mjs';

const here = join(root, 'bench');
const flags = ['--release', '--locked', '--package', 'unrolled-bench'];
const cdylib = ['--lib', '--crate-type', 'cdylib', '--target', target];

const nativeFolder = join(cache, 'target', 'native');
const kernelFile = (name) =>
  join(arithmeticEnv(name, {}).CARGO_TARGET_DIR, target, 'release', 'unrolled_bench.wasm');

/**
 * What the bench runs: bare WebAssembly modules of the measured loops, and the native runner.
 * @returns {{ kernels: { simd128: string, relaxed: string }, native: string }} their files
 */
export const built = () => ({
  kernels: { simd128: kernelFile('simd128'), relaxed: kernelFile('relaxed') },
  native: join(nativeFolder, 'release', 'workloads'),
});

/** Builds {@link built}. */
export async function build() {
  await setup();
  await buildKernels();
  const env = { ...nativeEnv(), CARGO_TARGET_DIR: nativeFolder };
  await step('building the native runner', () =>
    run('cargo', ['build', ...flags, '--bins'], { env }).then(() => ''),
  );
  return built();
}

/** Builds the bare modules alone. */
export async function buildKernels() {
  const rust = await wasmRust();
  for (const name of ['simd128', 'relaxed']) {
    await step(`building the kernels' bench module, ${name}`, () =>
      run('cargo', ['rustc', ...flags, ...cdylib], { env: arithmeticEnv(name, rust) }).then(
        () => '',
      ),
    );
  }
  return built().kernels;
}

/** The peers that npm has, into bench/node_modules, without running their install scripts. */
export const installPeers = () =>
  stampedStep(
    {
      name: 'bench-peers',
      title: 'installing the peers from npm into bench/node_modules',
      hash: contentHash(['bench/package.json', 'bench/package-lock.json']),
      outputs: [join(here, 'node_modules', '@tensorflow', 'tfjs')],
    },
    () =>
      run('npm', ['ci', '--prefix', here, '--ignore-scripts', '--no-audit', '--no-fund']).then(
        () => '',
      ),
  );

/** The Python that has the other peers, or null: $UNROLLED_PYTHON, else bench/.venv. */
export function findPython() {
  if (process.env.UNROLLED_PYTHON) return process.env.UNROLLED_PYTHON;
  const own = join(here, '.venv', 'bin', 'python');
  return existsSync(own) ? own : null;
}
