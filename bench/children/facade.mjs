/**
 * The public API as users call it: `await model.fit(…)` in its worker. A call is a sample; its time
 * is taken here, so that the way to the worker and back is in it.
 */
import { readFileSync } from 'node:fs';
import { layers, optimizers, sequential, tensor } from '../../dist/index.js';
import { data, seconds, serve } from './serve.mjs';

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
const makers = { ...layers, simpleRnn: layers.simpleRNN };
/** A sample takes at least so many seconds: handing over the data is a small part of it. */
const SAMPLE = 0.8;
const WARM = 0.6;

await serve({ unrolled: version }, async (workload, batch) => {
  const { x, y, examples } = data(workload, batch);
  const { time, features, target, steps } = workload;
  const list = workload.layers.map(({ type, units, ...options }) => makers[type](units, options));
  const model = sequential(list, { inputShape: [time, features], seed: 42 });
  model.compile({ optimizer: optimizers.adam(), loss: 'mse' });
  const xs = tensor(x, [examples, time, features]);
  const ys = tensor(y, [examples, ...target]);

  let epochs = 1;
  const samples = async (budget) => {
    const figures = [];
    const end = performance.now() + 1000 * budget;
    while (figures.length === 0 || performance.now() < end) {
      const took = await seconds(() => model.fit(xs, ys, { epochs, batchSize: batch }));
      if (took < SAMPLE) epochs *= 2;
      else figures.push((took / (epochs * steps)) * 1e6);
    }
    return figures;
  };
  return { warm: () => samples(WARM), samples, end: () => model.dispose() };
});
