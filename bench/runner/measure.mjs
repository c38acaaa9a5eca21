/** Rounds: every implementation takes its turn at a workload, several times over. */
import { setTimeout as sleep } from 'node:timers/promises';
import { all } from './implementations.mjs';

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/**
 * The median over the rounds of `relation`, which takes the same round's figures of all `results`; null
 * where one of them was not measured.
 * @param {({ rounds: number[] } | undefined)[]} results
 * @param {(...microseconds: number[]) => number} relation
 */
export function medianOfRounds(results, relation) {
  if (results.includes(undefined)) return null;
  const rounds = Math.min(...results.map((result) => result.rounds.length));
  const values = Array.from({ length: rounds }, (_, round) =>
    relation(...results.map((result) => result.rounds[round])),
  );
  return median(values);
}

/** Runs `work` on every item, at most `width` at once. */
async function inParallel(items, width, work) {
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/**
 * Measures one workload. All prepare (build the model, compile, warm up) first, as many at once as
 * there are cores; then each trains alone for `seconds`, in turn, `rounds` times.
 *
 * A round's figure is the median of its samples; that of the run is the median of the rounds, so that
 * neither a round that other work disturbed nor a lucky one counts. Ratios are taken round by round
 * (see {@link medianOfRounds}), because the machine's clock moves from round to round.
 *
 * @param {{ name: string, threads: number, child: import('./child.mjs').Child }[]} field
 * @returns {Promise<{ results: object[], errors: object[], extras: object[] }>}
 */
export async function measureWorkload(workload, field, { batch, seconds, rounds, note }) {
  const errors = [];
  const extras = [];
  const figures = new Map();
  let racing = field.filter(({ skip }) => !skip?.includes(workload.name));
  const request = { workload, batch, seconds };
  const attempt = async (one, work) => {
    try {
      await work();
    } catch (error) {
      racing = racing.filter((other) => other !== one);
      errors.push(described(one, workload, { error: error.message }));
    }
  };

  note('preparing');
  await inParallel(racing, all, (one) =>
    attempt(one, () => one.child.ask({ ...request, prepare: true })),
  );
  for (let round = 0; round < rounds; round++) {
    for (const one of [...racing]) {
      note(`round ${round + 1} of ${rounds}, ${one.name}`);
      await sleep(20); // thread pools stop spinning
      await attempt(one, async () => {
        const { samples, ...rest } = await one.child.ask(request);
        figures.set(one, [...(figures.get(one) ?? []), median(samples)]);
        extras.push(described(one, workload, { round, ...rest }));
      });
    }
  }
  const results = [...figures].map(([one, medians]) =>
    described(one, workload, {
      microseconds: digits(median(medians)),
      rounds: medians.map(digits),
    }),
  );
  return { results, errors, extras };
}

const described = ({ name, threads }, workload, rest) => ({
  workload: workload.name,
  implementation: name,
  threads,
  ...rest,
});

const digits = (value) => Number(value.toPrecision(4));
