/** One line for each step: what it does, then how long it took. */
import { locked } from './lock.mjs';
import { clearStamp, isFresh, setStamp } from './stamp.mjs';

const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

/**
 * Announces a step, does it, and says how long it took. `work` may return a few words on the result, or lines that stand below.
 * Text goes to standard error, so that a program started afterwards owns standard output.
 */
export async function step(title, work) {
  const start = performance.now();
  process.stderr.write(`• ${title} … `);
  try {
    const result = await work();
    const time = seconds(performance.now() - start);
    if (result?.includes('\n')) process.stderr.write(`${time}\n${result}\n`);
    else process.stderr.write(`${result ? `${result}, ` : ''}${time}\n`);
    return result;
  } catch (error) {
    process.stderr.write(`failed, ${seconds(performance.now() - start)}\n`);
    throw error;
  }
}

/**
 * A step that is skipped when it was last done from the same content; one process at a time.
 * @param {object} what
 * @param {string} what.name name of the stamp
 * @param {string} what.title
 * @param {string} what.hash content it is made from
 * @param {string[]} [what.outputs] paths that must exist
 * @param {() => Promise<string | void>} work
 */
export async function stampedStep({ name, title, hash, outputs = [] }, work) {
  const done = () => {
    if (!isFresh(name, hash, outputs)) return false;
    process.stderr.write(`• ${title} … up to date\n`);
    return true;
  };
  if (done()) return;
  await locked(name, async () => {
    if (done()) return;
    clearStamp(name);
    await step(title, work);
    setStamp(name, hash);
  });
}
