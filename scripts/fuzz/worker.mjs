/** Tries every `step`-th mutant from `from` on, up to the first fault. */
import { parentPort, workerData } from 'node:worker_threads';
import { realFiles } from './files.mjs';
import { mutate } from './mutate.mjs';
import { random } from './random.mjs';
import { trials } from './trial.mjs';

// Warnings about what is odd in a mutant are not of interest.
console.warn = () => {};
const { library, seed, from, to, step, progress } = workerData;
const unrolled = await import(library);
const files = await realFiles(unrolled);
const attempt = await trials(unrolled);
const outcomes = {};
for (let index = from; index < to; index += step) {
  Atomics.store(progress, 0, index);
  const numbers = random(seed, index);
  const mutant = mutate(numbers.pick(files), numbers);
  try {
    const outcome = await attempt(mutant);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  } catch (error) {
    parentPort.postMessage({ outcomes, fault: { index, message: error.message, mutant } });
    process.exit();
  }
}
Atomics.store(progress, 0, to);
parentPort.postMessage({ outcomes });
