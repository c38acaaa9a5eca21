/** wasm-pack and wasm-bindgen's command line, compiled for this checkout unless fitting ones are installed. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, root, tools } from '../lib/paths.mjs';
import { nativeEnv, withTools } from '../lib/rust.mjs';
import { capture, Failure, run } from '../lib/shell.mjs';
import { step } from '../lib/step.mjs';

const wasmPack = '0.15.1';

/** wasm-bindgen's tool and crate must be of the same version. */
function bindgenVersion() {
  const lock = readFileSync(join(root, 'Cargo.lock'), 'utf8').replaceAll('\r', '');
  const found = /^name = "wasm-bindgen"\nversion = "([^"]+)"/m.exec(lock);
  if (found === null) throw new Failure('Cargo.lock does not name wasm-bindgen');
  return found[1];
}

export async function wasmTools() {
  const wanted = [
    { command: 'wasm-bindgen', crate: 'wasm-bindgen-cli', version: bindgenVersion() },
    { command: 'wasm-pack', crate: 'wasm-pack', version: wasmPack },
  ];
  const built = join(cache, 'tools-build');
  const env = {
    ...nativeEnv(),
    CARGO_TARGET_DIR: built,
    // These tools run for a second or two: compile them quickly.
    CARGO_PROFILE_RELEASE_OPT_LEVEL: '1',
    CARGO_PROFILE_RELEASE_LTO: 'off',
    CARGO_PROFILE_RELEASE_CODEGEN_UNITS: '16',
  };
  for (const { command, crate, version } of wanted) {
    const { stdout } = capture(command, ['--version'], { env: withTools(process.env) });
    if (stdout.includes(` ${version}`)) {
      process.stderr.write(`• ${command} ${version} … up to date\n`);
      continue;
    }
    await step(`compiling ${command} ${version}`, async () => {
      const flags = ['--locked', '--force', '--root', tools, '--version', version];
      await run('cargo', ['install', ...flags, crate], { env });
    });
  }
  rmSync(built, { recursive: true, force: true });
}
