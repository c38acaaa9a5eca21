/** Runs a suite's program and counts what it says. */
import { collect } from '../lib/shell.mjs';

/**
 * @param {object} options
 * @param {NodeJS.ProcessEnv} options.env
 * @param {(output: string) => { passed: number, failed: number }} options.count
 * @returns {Promise<{ passed: number, failed: number, output: string }>} a program that ends with an
 * error and has not counted a failure, or that ran no test at all, counts as one failure
 */
export async function tally(command, args, { env, count }) {
  const { output, failure } = await collect(command, args, { env });
  const { passed, failed } = count(output);
  const unexplained = failed === 0 && (failure !== null || passed === 0);
  return {
    passed,
    failed: unexplained ? 1 : failed,
    output: failure === null ? output : `${output}${failure}\n`,
  };
}
