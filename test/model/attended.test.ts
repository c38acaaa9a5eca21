import { describe, expect, test } from 'vitest';
import { type FitOptions, layers, type Run, sequential } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';
import { waves } from '../support/series.ts';

const keep = keeper();
const { x, y } = waves(64, 10);

function build(thread: 'worker' | 'main') {
  const model = sequential([layers.simpleRNN(2), layers.dense(1)], {
    inputShape: [null, 1],
    seed: 5,
    thread,
  });
  return keep(model.compile({ loss: 'mse', optimizer: 'adam', metrics: ['mae'] }));
}

/** History and weights after exactly so many epochs. */
async function exactly(epochs: number, thread: 'worker' | 'main') {
  const model = build(thread);
  const { history } = await model.fit(x, y, { epochs });
  return { history, weights: await model.getWeights() };
}

const stopAfter = (epochs: number) => (epoch: number, run: Run) => {
  if (epoch === epochs) run.stop();
};

/** Ways to end a run after 25 epochs: options, and what is done with the run. */
const ways: readonly {
  name: string;
  options?: FitOptions;
  use?: (run: Run) => Promise<void>;
}[] = [
  {
    name: 'stopped in the body of an iteration',
    async use(run) {
      for await (const { epoch } of run) stopAfter(24)(epoch, run);
    },
  },
  {
    name: 'whose iteration was left',
    async use(run) {
      for await (const { epoch } of run) if (epoch === 24) break;
    },
  },
  {
    name: 'stopped in onEpochEnd',
    options: { onEpochEnd: ({ epoch }, run) => stopAfter(24)(epoch, run) },
  },
  {
    name: 'stopped in onEpochBegin',
    options: { callbacks: [{ onEpochBegin: stopAfter(25) }] },
  },
];

describe.each(['worker', 'main'] as const)('on thread %s', (thread) => {
  test.each(ways)('a run $name has trained no batch more', async ({ options, use }) => {
    const model = build(thread);
    const run = model.fit(x, y, { ...options, epochs: 100_000 });
    await use?.(run);
    const { history, end } = await run;
    expect(end).toBe('stopped');
    expect({ history, weights: await model.getWeights() }).toEqual(await exactly(25, thread));
  });

  test('a run to which nobody attends has the history of one that is iterated', async () => {
    const iterated = build(thread).fit(x, y, { epochs: 300 });
    const losses: number[] = [];
    for await (const { loss } of iterated) losses.push(loss);
    const { history } = await exactly(300, thread);
    expect(history).toEqual((await iterated).history);
    expect(history.loss).toEqual(losses);
  });

  test('an iteration that begins while the run computes misses no epoch', async () => {
    const run = build(thread).fit(x, y, { epochs: 100_000 });
    while (run.history.loss.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    const seen: number[] = [];
    for await (const { epoch } of run) if (seen.push(epoch) === 500) break;
    expect(seen).toEqual(Array.from({ length: 500 }, (_, i) => i));
    const { epochs, history } = await run;
    expect(history.loss).toHaveLength(epochs.length);
  });
});
