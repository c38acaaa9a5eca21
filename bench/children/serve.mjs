/** The child's side of the protocol of ../README.md. */
import { createInterface } from 'node:readline';

/** A sample takes about this long: less than a slice of the scheduler. */
const SAMPLE_MS = 1;
/** Of fewer, the median would be the best of a slow implementation's chance hits. */
const FEWEST_SAMPLES = 3;
/** Compilers work in the background: they get this long. */
const WARM_MS = 600;

/**
 * x: [examples, time, features], y: [examples, ...target]; smooth waves and noise, the same every run.
 * @returns {{ x: Float32Array, y: Float32Array, examples: number }}
 */
export function data(workload, batch, steps = workload.steps) {
  const { time, features } = workload;
  const examples = steps * batch;
  let state = 42;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const x = new Float32Array(examples * time * features);
  for (let e = 0; e < examples; e++) {
    const phases = Array.from({ length: features }, () => 6 * random());
    for (let t = 0; t < time; t++)
      for (let f = 0; f < features; f++)
        x[(e * time + t) * features + f] = Math.sin((6 * t) / (time - 1) + phases[f]);
  }
  const y = Float32Array.from({ length: examples * size(workload.target) }, () => random() - 0.5);
  return { x, y, examples };
}

export const size = (shape) => shape.reduce((product, n) => product * n, 1);

/** Time of `work` in seconds. */
export async function seconds(work) {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/**
 * Samples of `step(n)`, which runs n training steps, n at most `most`. A sample takes `sampleMs`, or
 * one step where that is longer.
 */
function sampler({ step, most, sampleMs = SAMPLE_MS }) {
  let length = 1;
  return {
    /** Finds a sample's length. */
    async warm() {
      const end = performance.now() + WARM_MS;
      do {
        const ms = 1000 * (await seconds(() => step(length)));
        if (ms < sampleMs / 2) length = Math.min(most, 2 * length);
      } while (performance.now() < end);
    },
    /** Microseconds a step, one figure a sample. */
    async samples(budget) {
      const list = [];
      const end = performance.now() + 1000 * budget;
      while (list.length < FEWEST_SAMPLES || performance.now() < end)
        list.push(((await seconds(() => step(length))) / length) * 1e6);
      return list;
    },
  };
}

/**
 * Answers requests until stdin closes.
 * @param {Record<string, string>} versions
 * @param {(workload: object, batch: number) => Promise<object>} prepare gives `step(n)` with its
 *   `most` and `sampleMs` (see {@link sampler}), or `warm()` and `samples(seconds)` of its own;
 *   and if need be `end()`, which frees what the workload holds, and `extra()`, which adds to answers
 */
export async function serve(versions, prepare) {
  const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
  say({ ready: true, versions });
  let current = null;
  for await (const line of createInterface({ input: process.stdin })) {
    const { workload, batch, seconds: budget, prepare: only } = JSON.parse(line);
    const { name } = workload;
    try {
      if (current?.name !== name) {
        const previous = current;
        current = null;
        await previous?.end?.();
        const made = await prepare(workload, batch);
        current = {
          name,
          ...(made.step ? sampler({ most: workload.steps, ...made }) : {}),
          ...made,
        };
        await current.warm();
      }
      const samples = only ? [] : await current.samples(budget);
      say({ workload: name, samples, ...(await current.extra?.()) });
    } catch (error) {
      current = null;
      say({ workload: name, error: String(error?.message ?? error).slice(0, 300) });
    }
  }
  await current?.end?.();
  process.exit(0);
}
