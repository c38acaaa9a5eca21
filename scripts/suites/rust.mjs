/** The Rust tests: natively, and the same ones inside wasm. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { arithmeticEnv } from '../build-wasm.mjs';
import { root } from '../lib/paths.mjs';
import { nativeEnv } from '../lib/rust.mjs';
import { capture } from '../lib/shell.mjs';
import { agreement } from './agreement.mjs';
import { tally } from './tally.mjs';

/** Adds up the lines `test result: ok. 12 passed; 0 failed; …` that each test binary ends with. */
function count(output) {
  let passed = 0;
  let failed = 0;
  for (const [, good, bad] of output.matchAll(/test result: .*?(\d+) passed; (\d+) failed/g)) {
    passed += Number(good);
    failed += Number(bad);
  }
  return { passed, failed };
}

export async function rustNative() {
  const env = nativeEnv();
  const flags = ['test', '--workspace', '--locked', '--no-fail-fast'];
  const tests = await tally('cargo', flags, { env, count });
  const same = await agreement(env);
  return {
    passed: tests.passed + same.passed,
    failed: tests.failed + same.failed,
    output: tests.output + same.output,
  };
}

const mentions = (folder, word) =>
  readdirSync(folder).some((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name !== 'pkg' && mentions(path, word);
    return name.endsWith('.rs') && readFileSync(path, 'utf8').includes(word);
  });

/** Crates with tests of wasm-bindgen-test, as folders. */
const wasmCrates = () =>
  readdirSync(join(root, 'crates'))
    .map((name) => join(root, 'crates', name))
    .filter((folder) => mentions(folder, 'wasm_bindgen_test'));

/** A module with `f32x4.relaxed_madd` in it. */
const relaxed = '0061736d0100000001080160037b7b7b017b030201000a0d010b00200020012002fd85020b';

/** The flags with which this Node.js runs relaxed simd, or null where it cannot. */
function relaxedFlags() {
  const probe = `process.exit(WebAssembly.validate(Buffer.from('${relaxed}', 'hex')) ? 0 : 1)`;
  const ways = [[], ['--experimental-wasm-relaxed-simd']];
  return ways.find((flags) => capture(process.execPath, [...flags, '-e', probe]).ok) ?? null;
}

/** The instruction sets that can be tested, with Node's flags for them. */
function arithmetics() {
  const plain = ['simd128', []];
  const flags = relaxedFlags();
  return flags === null ? [plain] : [plain, ['relaxed', flags]];
}

export async function rustWasm({ env }) {
  const total = { passed: 0, failed: 0, output: '' };
  for (const [name, nodeFlags] of arithmetics()) {
    for (const crate of wasmCrates()) {
      const flags = ['--node', '--release', '--mode', 'no-install'];
      const wasm = { ...arithmeticEnv(name, env), NODE_ARGS: nodeFlags.join(',') };
      const result = await tally('wasm-pack', ['test', ...flags, crate], { env: wasm, count });
      total.passed += result.passed;
      total.failed += result.failed;
      total.output += result.output;
    }
  }
  return total;
}
