/** Runs a suite's program and counts what it says. */
import { spawn } from 'node:child_process';
import { root } from '../lib/paths.mjs';

/**
 * @param {object} options
 * @param {NodeJS.ProcessEnv} options.env
 * @param {(output: string) => { passed: number, failed: number }} options.count
 * @returns {Promise<{ passed: number, failed: number, output: string }>} a program that ends with an
 * error and has not counted a failure, or that ran no test at all, counts as one failure
 */
export function tally(command, args, { env, count }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    const finish = (code, words) => {
      const { passed, failed } = count(output);
      const unexplained = failed === 0 && (code !== 0 || passed === 0);
      resolve({ passed, failed: unexplained ? 1 : failed, output: output + words });
    };
    child.on('error', (error) => finish(1, `${command}: ${error.message}\n`));
    child.on('close', (code, signal) =>
      finish(
        code ?? 1,
        code === 0 ? '' : `(${command} ended with ${signal ?? `exit code ${code}`})\n`,
      ),
    );
  });
}
