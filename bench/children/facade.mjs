/**
 * The public API as users call it: `model.fit` in its worker. An epoch is a sample; its time is
 * taken here, from event to event, so that the way to the worker and back is in it.
 */
import { readFileSync } from 'node:fs';
import { layers, optimizers, sequential, tensor } from '../../dist/index.js';
import { data, serve } from './serve.mjs';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
const makers = { ...layers, simpleRnn: layers.simpleRNN };
/** More than any round asks for. */
const ENDLESS = 1_000_000;

await serve({ unrolled: version }, async (workload, batch) => {
  const { x, y, examples } = data(workload, batch);
  const { time, features, target, steps } = workload;
  const list = workload.layers.map(({ type, units, ...options }) => makers[type](units, options));
  const model = sequential(list, { inputShape: [time, features], seed: 42 });
  model.compile({ optimizer: optimizers.adam(), loss: 'mse' });
  const xs = tensor(x, [examples, time, features]);
  const ys = tensor(y, [examples, ...target]);

  const epochs = async (seconds) => {
    const samples = [];
    const end = performance.now() + 1000 * seconds;
    const run = model.fit(xs, ys, { epochs: ENDLESS, batchSize: batch });
    let before = null;
    for await (const _ of run) {
      const now = performance.now();
      if (before !== null) samples.push((1000 * (now - before)) / steps);
      before = now;
      if (now > end && samples.length > 0) break;
    }
    run.stop();
    await run;
    return samples;
  };
  return { warm: () => epochs(0.5), samples: epochs, end: () => model.dispose() };
});
