import { availableParallelism } from 'node:os';
import type { Figure } from './figures.ts';
import type { Training } from './trainings.ts';

/** Ours beside the published figure. */
export interface Reproduced {
  name: string;
  /** Median over the seeds. */
  value: number;
  reference: number;
  /** The band; a value below it is better and as welcome, except for the naive scores. */
  low: number;
  high: number;
  /** Wall clock of one training, median over the seeds. */
  seconds: number;
}

/** Seed 42 as in the notebook, then 1, 2, 3 and so on. */
export function seedList(n: number): number[] {
  return Array.from({ length: n }, (_, i) => (i === 0 ? 42 : i));
}

/**
 * Trains everything with every seed, each model in a worker of its own and as many at once as there are
 * cores, and takes medians.
 */
export async function reproduce(
  trainings: Training[],
  seeds: number[],
  signal: AbortSignal,
  onDone: (done: number, name: string) => void,
): Promise<Reproduced[]> {
  const jobs = trainings.flatMap((training) => {
    return (training.seeded ? seeds : seeds.slice(0, 1)).map((seed) => ({ training, seed }));
  });
  const runs = new Map(
    trainings.map((training) => [training, [] as { values: number[]; seconds: number }[]]),
  );
  let next = 0;
  let done = 0;
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const work = async () => {
    while (next < jobs.length) {
      const { training, seed } = jobs[next++] as (typeof jobs)[number];
      const started = performance.now();
      const values = await training.run(seed, both);
      both.throwIfAborted();
      runs.get(training)?.push({ values, seconds: (performance.now() - started) / 1000 });
      onDone(++done, (training.figures[0] as Figure).name);
    }
  };
  const working = Array.from({ length: availableParallelism() }, work);
  try {
    await Promise.all(working);
  } catch (error) {
    stop.abort();
    // The others give their models back first.
    await Promise.allSettled(working);
    throw error;
  }
  return trainings.flatMap((training) => {
    const results = runs.get(training) ?? [];
    return training.figures.map(({ name, reference, low, high }, i) => {
      const value = median(results.map(({ values }) => values[i] as number));
      return {
        name,
        value,
        reference,
        low,
        high,
        seconds: median(results.map(({ seconds }) => seconds)),
      };
    });
  });
}

/** Number of trainings that {@link reproduce} will do. */
export function countJobs(trainings: Training[], seeds: number[]): number {
  return trainings.reduce((sum, { seeded }) => sum + (seeded ? seeds.length : 1), 0);
}

/** Inside the band, or below it: less error than published is no failure. */
export function isReached({ name, value, low, high }: Reproduced): boolean {
  return value <= high && (value >= low || !name.endsWith('naive'));
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
