/**
 * Which Rust compiles what.
 *
 * Native code is built by the cargo on the PATH. WebAssembly is built by it too where it has the
 * wasm32 target; where that target cannot be downloaded, by the system's own Rust in /usr/bin (see
 * scripts/setup/rust.mjs), reached through the links in `.cache/rust/bin`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { nodeBin, root, systemRust, tools, withPath } from './paths.mjs';
import { capture, which } from './shell.mjs';

export const target = 'wasm32-unknown-unknown';

/** Oldest compiler that the workspace declares, as [major, minor]. */
function oldestRust() {
  const manifest = readFileSync(join(root, 'Cargo.toml'), 'utf8');
  const [, major, minor] = /^rust-version = "(\d+)\.(\d+)/m.exec(manifest);
  return [Number(major), Number(minor)];
}

/** `rustc -vV` of the compiler that `env` finds, or null when there is none that is new enough. */
export function compilerVersion(env) {
  const { ok, stdout } = capture('rustc', ['-vV'], { env });
  const found = /^rustc (\d+)\.(\d+)/.exec(stdout);
  if (!ok || found === null) return null;
  const [major, minor] = oldestRust();
  const newEnough =
    Number(found[1]) > major || (Number(found[1]) === major && Number(found[2]) >= minor);
  return newEnough ? stdout : null;
}

/** The environment with cargo and rustc replaced by the system's, if the set-up has linked them. */
export const systemEnv = () => {
  const { RUSTC: _, RUSTUP_TOOLCHAIN: __, ...env } = process.env;
  return withPath(env, systemRust);
};

/** The newest `wasm-ld` of the system, or null. Debian names it after LLVM's version. */
export function systemLinker() {
  const names = new Set();
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) if (/^wasm-ld(-\d+)?$/.test(name)) names.add(name);
  }
  const version = (name) => Number(name.slice('wasm-ld-'.length)) || 0;
  return [...names].sort((a, b) => version(b) - version(a))[0] ?? null;
}

/** `env` with the linker for wasm, where the compiler comes without one. */
function withLinker(env) {
  if (env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER) return env;
  const { stdout } = capture('rustc', ['--print', 'target-libdir'], { env });
  const bundled = join(dirname(stdout.trim()), 'bin', 'rust-lld');
  const linker = existsSync(bundled) || existsSync(`${bundled}.exe`) ? null : systemLinker();
  return linker ? { ...env, CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: linker } : env;
}

/** Whether the compiler that `env` finds can link an empty library for wasm32. */
export function compilesWasm(env) {
  const linker = env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER;
  const output = join(root, '.cache', 'rust', 'probe.wasm');
  const flags = ['--target', target, '--crate-type', 'cdylib', '-o', output];
  if (linker) flags.push('-C', `linker=${linker}`);
  return capture('rustc', [...flags, '-'], { env, input: '', stdio: ['pipe', 'pipe', 'pipe'] }).ok;
}

/** The environments that may hold a compiler for wasm, best first: name and variables. */
export function wasmCandidates() {
  const candidates = [['the Rust on the PATH', process.env]];
  if (existsSync(join(systemRust, 'rustc'))) candidates.push(["the system's Rust", systemEnv()]);
  return candidates
    .filter(([, env]) => compilerVersion(env) !== null)
    .map(([name, env]) => [name, withLinker(env)]);
}

/** Flags for rustc that keep the folders of this machine out of the messages compiled in. */
export function remap(env) {
  const home = env.CARGO_HOME ?? join(homedir(), '.cargo');
  return [`--remap-path-prefix=${root}=`, `--remap-path-prefix=${join(home, 'registry', 'src')}=`];
}

/** Adds wasm-pack, wasm-bindgen and wasm-opt to the PATH. */
export const withTools = (env) => withPath(env, join(tools, 'bin'), nodeBin);

/** The environment for native builds: the cargo on the PATH, or the system's where that one fails. */
export function nativeEnv() {
  const works = which('cargo') !== null && capture('cargo', ['--version']).ok;
  return works ? process.env : systemEnv();
}

/** Whether cargo has a subcommand, such as `clippy`. */
export const hasCargo = (subcommand, env) =>
  capture('cargo', [subcommand, '--version'], { env }).ok;
