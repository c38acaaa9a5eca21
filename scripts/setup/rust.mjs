/**
 * A Rust compiler with the wasm32 target.
 *
 * The usual way is `rustup target add`. Where that cannot download (or there is no rustup), a Debian
 * system's own packages do: its compiler, the sources of the standard library, which is built once
 * for wasm32 and put beside the libraries of that compiler, and LLVM's linker.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { cache, systemRust } from '../lib/paths.mjs';
import {
  compilesWasm,
  compilerVersion,
  remap,
  systemEnv,
  systemLinker,
  target,
  wasmCandidates,
  withTools,
} from '../lib/rust.mjs';
import { capture, Failure, run } from '../lib/shell.mjs';
import { isFresh, setStamp } from '../lib/stamp.mjs';
import { step } from '../lib/step.mjs';
import { apt, hasApt } from './apt.mjs';

const work = join(cache, 'rust');
const system = '/usr/bin';

const byHand = `Rust with the target ${target} is needed. By hand:
  1. install rustup from https://rustup.rs
  2. rustup target add ${target}
and run this command again.`;

/**
 * The environment that builds wasm, prepared if need be.
 * @returns {Promise<NodeJS.ProcessEnv>}
 * @throws {Failure} saying what to install, when nothing works
 */
export async function wasmRust() {
  mkdirSync(work, { recursive: true });
  linkSystemRust();
  const found = ready();
  if (found) {
    process.stderr.write(`• Rust with the target ${target} … up to date\n`);
    return found;
  }
  const reasons = [await addTarget()];
  let env = ready();
  if (!env && hasApt()) {
    await installSystemRust();
    env = ready();
    if (!env) reasons.push("the system's own Rust does not compile for it either");
  }
  if (env) return env;
  throw new Failure(`${reasons.filter(Boolean).join('\n')}\n${byHand}`);
}

/** The first compiler that can do it; a stamp for each compiler spares the test next time. */
function ready() {
  for (const [index, [, env]] of wasmCandidates().entries()) {
    const linker = env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER ?? '';
    const hash = `${compilerVersion(env)}${libraries(env).join()}${linker}`;
    if (!isFresh(`rust-${index}`, hash)) {
      if (!compilesWasm(env)) continue;
      setStamp(`rust-${index}`, hash);
    }
    return withTools(env);
  }
  return null;
}

const libraryFolder = (env) =>
  capture('rustc', ['--print', 'target-libdir', '--target', target], { env }).stdout.trim();

function libraries(env) {
  const folder = libraryFolder(env);
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Asks rustup for the target. @returns {Promise<string>} why it did not work, or nothing */
async function addTarget() {
  if (!capture('rustup', ['show', 'active-toolchain']).ok) return 'There is no rustup toolchain.';
  let reason = '';
  await step(`adding the Rust target ${target} by rustup`, async () => {
    const env = { ...process.env, RUSTUP_MAX_RETRIES: '1' };
    const result = capture('rustup', ['target', 'add', target], { env, timeout: 300_000 });
    if (result.ok) return '';
    reason = `rustup could not add it: ${result.output.trim().split('\n').at(-1)}`;
    return 'not available here';
  });
  return reason;
}

/** Puts links to the system's cargo and rustc where no other program of the system is. */
function linkSystemRust() {
  if (!existsSync(join(system, 'cargo')) || !existsSync(join(system, 'rustc'))) return;
  if (existsSync(join(systemRust, 'rustc'))) return;
  mkdirSync(systemRust, { recursive: true });
  for (const name of readdirSync(system)) {
    if (/^(cargo|rustc|rustdoc|rustfmt|cargo-(fmt|clippy)|clippy-driver)$/.test(name)) {
      rmSync(join(systemRust, name), { force: true });
      symlinkSync(join(system, name), join(systemRust, name));
    }
  }
}

async function installSystemRust() {
  await step("installing the system's Rust and its library sources by apt", async () => {
    await apt(['rustc-web', 'cargo-web', 'rust-web-src', 'rustfmt-web']);
    if (systemLinker() === null) await apt([linkerPackage()]);
    linkSystemRust();
  });
  if (compilerVersion(systemEnv()) === null) {
    throw new Failure(`The system's Rust is too old.\n${byHand}`);
  }
  await step(`building Rust's standard library for ${target}`, buildStandardLibrary);
}

/** The newest of Debian's packages `lld-18`, `lld-19`, … */
function linkerPackage() {
  const { stdout } = capture('apt-cache', ['pkgnames', 'lld-']);
  const versions = stdout.split('\n').flatMap((name) => /^lld-(\d+)$/.exec(name)?.[1] ?? []);
  return versions.length > 0 ? `lld-${Math.max(...versions.map(Number))}` : 'lld';
}

async function buildStandardLibrary() {
  const crate = join(work, 'std');
  rmSync(crate, { recursive: true, force: true });
  mkdirSync(join(crate, 'src'), { recursive: true });
  writeFileSync(join(crate, 'src', 'lib.rs'), '#![no_std]\n');
  writeFileSync(
    join(crate, 'Cargo.toml'),
    '[package]\nname = "empty"\nedition = "2021"\n[lib]\ncrate-type = ["rlib"]\n[workspace]\n',
  );
  const env = {
    ...systemEnv(),
    RUSTC_BOOTSTRAP: '1',
    // Bitcode for link-time optimisation; `test` for the tests inside wasm.
    CARGO_ENCODED_RUSTFLAGS: ['-Cembed-bitcode=yes', ...remap(process.env)].join('\x1f'),
    CARGO_TARGET_DIR: join(crate, 'target'),
  };
  const flags = ['--release', '--target', target, '-Zbuild-std=std,panic_abort,test'];
  await run('cargo', ['build', ...flags], { cwd: crate, env });

  const built = join(crate, 'target', target, 'release', 'deps');
  const folder = libraryFolder(systemEnv());
  // Libraries of an older compiler would be in the way.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(built)) {
    if (name.endsWith('.rlib') && !name.startsWith('libempty')) {
      copyFileSync(join(built, name), join(folder, name));
    }
  }
  rmSync(crate, { recursive: true, force: true });
}
