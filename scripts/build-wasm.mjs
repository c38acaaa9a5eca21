#!/usr/bin/env node
/**
 * Compiles crates/unrolled-wasm twice: for plain simd128, the default, and for relaxed simd.
 *
 * crates/unrolled-wasm/pkg/<arithmetic>/  what wasm-pack makes: glue, its types, the .wasm file
 * crates/unrolled-wasm/pkg/licenses.txt   licences of the crates inside the .wasm file
 * ts/generated/wasm-<arithmetic>.ts       the .wasm file as text: `export default '<base64 of gzip>'`
 * ts/generated/glue.js                    the glue as a function that makes it anew for an instance
 *
 * None of it is committed.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cache, generated, root, wasmCrate } from './lib/paths.mjs';
import { crateNotices } from './lib/notices/crates.mjs';
import { compilerVersion, remap } from './lib/rust.mjs';
import { exitWith, Failure, isMain, run } from './lib/shell.mjs';
import { contentHash } from './lib/stamp.mjs';
import { stampedStep } from './lib/step.mjs';
import { wasmRust } from './setup/rust.mjs';

const simd = '-Ctarget-feature=+simd128';
/**
 * LLVM's loop strength reduction adds constant offsets to pointers; without it they stay in the
 * load, where V8 has them for nothing: the gradient kernel gains 6 to 15 %.
 */
const offsets = '-Cllvm-args=-disable-lsr';
export const arithmetics = {
  simd128: [simd, offsets],
  relaxed: [`${simd},+relaxed-simd`, offsets],
};

/** The crates that the wasm file is made of: not the library for Rust, nor those for development. */
export function wasmPackages() {
  const others = ['unrolled', 'unrolled-bench', 'unrolled-testing'];
  return readdirSync(join(root, 'crates')).filter((name) => !others.includes(name));
}

const sources = [
  'Cargo.toml',
  'Cargo.lock',
  'rust-toolchain.toml',
  '.cargo',
  'crates/unrolled-simd',
  'crates/unrolled-spec',
  'crates/unrolled-core',
  'crates/unrolled-wasm',
  'scripts/build-wasm.mjs',
  'scripts/lib/notices',
  'node_modules/binaryen/package.json',
  'node_modules/@gfx/zopfli/package.json',
];

export const wasmFile = (name) => join(wasmCrate, 'pkg', name, 'unrolled_wasm_bg.wasm');
export const wasmNotices = join(wasmCrate, 'pkg', 'licenses.txt');
const moduleFile = (name) => join(generated, `wasm-${name}.ts`);
const glueFile = join(generated, 'glue.js');

/**
 * The environment that compiles for one arithmetic, with a folder of its own for what cargo keeps.
 */
export const arithmeticEnv = (name, env) => ({
  ...env,
  CARGO_ENCODED_RUSTFLAGS: [...arithmetics[name], ...remap(env)].join('\x1f'),
  CARGO_TARGET_DIR: join(cache, 'target', name),
});

/**
 * wasm-bindgen's glue keeps one instance in variables of its module. As a function it can be had
 * anew for each instance, so that one that broke down is left behind with its memory.
 */
function writeGlue() {
  const source = readFileSync(join(wasmCrate, 'pkg', 'simd128', 'unrolled_wasm.js'), 'utf8');
  const exported = 'export { initSync, __wbg_init as default };';
  const body = source.replace('export class WasmModel', 'class WasmModel').replace(exported, '');
  if (!source.includes(exported) || /^(export|import)\b/m.test(body)) {
    throw new Failure("wasm-bindgen's glue is not what it was: see writeGlue");
  }
  const made = '// Made by scripts/build-wasm.mjs.\n';
  writeFileSync(
    glueFile,
    `${made}export function createGlue() {\n${body}\nreturn { initSync, WasmModel };\n}\n`,
  );
  const types = "typeof import('../../crates/unrolled-wasm/pkg/simd128/unrolled_wasm.js')";
  writeFileSync(
    glueFile.replace('.js', '.d.ts'),
    `${made}export function createGlue(): Pick<${types}, 'initSync' | 'WasmModel'>;\n`,
  );
}

async function compile(name, env) {
  const flags = ['--release', '--target', 'web', '--mode', 'no-install', '--no-pack'];
  await run('wasm-pack', ['build', wasmCrate, ...flags, '--out-dir', join('pkg', name)], {
    env: arithmeticEnv(name, env),
  });
  // Deflate as small as it gets (Zopfli): a twentieth less than zlib for every page.
  const { default: zopfli } = await import('@gfx/zopfli');
  const packed = Buffer.from(await zopfli.gzipAsync(readFileSync(wasmFile(name)), {}));
  mkdirSync(generated, { recursive: true });
  writeFileSync(
    moduleFile(name),
    `// Made by scripts/build-wasm.mjs: gzip, then base64.\nexport default '${packed.toString('base64')}';\n`,
  );
}

/** @param {NodeJS.ProcessEnv} env of {@link wasmRust} */
export const buildWasm = (env) =>
  stampedStep(
    {
      name: 'wasm',
      title: 'compiling the Rust core to WebAssembly, plain and relaxed simd',
      hash: contentHash(sources, [compilerVersion(env)]),
      outputs: [
        ...Object.keys(arithmetics).flatMap((name) => [wasmFile(name), moduleFile(name)]),
        glueFile,
        wasmNotices,
      ],
    },
    async () => {
      mkdirSync(dirname(wasmNotices), { recursive: true });
      writeFileSync(wasmNotices, crateNotices(env));
      await Promise.all(Object.keys(arithmetics).map((name) => compile(name, env)));
      writeGlue();
      const sizes = Object.keys(arithmetics).map(
        (name) => `${Math.round(statSync(wasmFile(name)).size / 1024)} KB ${name}`,
      );
      return sizes.join(', ');
    },
  );

if (isMain(import.meta.url)) {
  wasmRust().then(buildWasm).catch(exitWith);
}
