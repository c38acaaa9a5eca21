/** Running other programs. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './paths.mjs';

/** A failure to be shown as its message alone, without a stack. */
export class Failure extends Error {}

/**
 * Runs a program with its output collected. Never throws: `ok` says whether it exited with 0.
 * @returns {{ ok: boolean, output: string, stdout: string }}
 */
export function capture(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  const stdout = result.stdout ?? '';
  const output = result.error ? String(result.error.message) : stdout + (result.stderr ?? '');
  return { ok: result.status === 0, output, stdout };
}

/**
 * Runs a program with its output collected, both streams as they come. Never throws.
 * @returns {Promise<{ output: string, failure: string | null }>} null: it exited with 0
 */
export function collect(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...options,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const end = (failure) => resolve({ output, failure });
    child.on('error', (error) => end(`${command}: ${error.message}`));
    child.on('close', (code, signal) => {
      const how = signal ?? `exit code ${code}`;
      end(code === 0 ? null : `\`${[command, ...args].join(' ')}\` failed (${how})`);
    });
  });
}

/**
 * Runs a program that must not fail.
 * @returns {Promise<string>} what it printed, both streams as they came
 * @throws {Failure} with the end of its output and the command
 */
export async function run(command, args, options = {}) {
  const { output, failure } = await collect(command, args, options);
  if (failure === null) return output;
  throw new Failure(`${output.trimEnd().split('\n').slice(-60).join('\n')}\n${failure}`);
}

/**
 * Runs a program on this terminal.
 * @returns {Promise<number>} its exit code, 128 + n when signal n ended it
 */
export function attach(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    // Ctrl-C reaches the child as well; wait for its own way of ending.
    const ignore = () => {};
    process.on('SIGINT', ignore);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', ignore);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 1));
    });
  });
}

/** The full name of a program on the PATH, or null. */
export function which(name, path = process.env.PATH ?? '') {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of path.split(delimiter).filter(Boolean)) {
    for (const candidate of names.map((file) => join(folder, file))) {
      if (existsSync(candidate)) return candidate;
    }
  }
  return null;
}

/** Whether the module with this URL is the program that was started. */
export const isMain = (url) =>
  process.argv[1] !== undefined && url === pathToFileURL(realpathSync(process.argv[1])).href;

/** Reports an error the way every script here does, and ends with exit code 1. */
export function exitWith(error) {
  process.stderr.write(`\n${error instanceof Failure ? error.message : error.stack}\n`);
  process.exit(1);
}
