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

/** The library itself: wasm and dist/. */
export const buildLibrary = () => setup();

/**
 * The measured loops as bare WebAssembly modules.
 * @returns {Promise<{ simd128: string, relaxed: string }>} their files
 */
export async function buildKernels() {
  const files = {};
  const rust = await wasmRust();
  for (const name of ['simd128', 'relaxed']) {
    const env = arithmeticEnv(name, rust);
    await step(`building the kernels' bench module, ${name}`, () =>
      run('cargo', ['rustc', ...flags, ...cdylib], { env }).then(() => ''),
    );
    files[name] = join(env.CARGO_TARGET_DIR, target, 'release', 'unrolled_bench.wasm');
  }
  return files;
}

/** The native runner. @returns {Promise<string>} its file */
export async function buildNative() {
  const env = { ...nativeEnv(), CARGO_TARGET_DIR: join(cache, 'target', 'native') };
  await step('building the native runner', () =>
    run('cargo', ['build', ...flags, '--bins'], { env }).then(() => ''),
  );
  return join(env.CARGO_TARGET_DIR, 'release', 'workloads');
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
