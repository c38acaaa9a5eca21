/**
 * brain.js: recurrent time-step networks with the workload's units. It trains one series after
 * another and forecasts one step, so a step here is one pass over a batch of series, its head has
 * as many outputs as inputs, and its optimizer is its own (RMSprop-like).
 */
import { readFileSync } from 'node:fs';
import brain from 'brain.js';
import { data, serve } from './serve.mjs';

const kinds = { simpleRnn: 'RNNTimeStep', lstm: 'LSTMTimeStep', gru: 'GRUTimeStep' };
const { version } = JSON.parse(
  readFileSync(new URL('../node_modules/brain.js/package.json', import.meta.url), 'utf8'),
);

await serve({ 'brain.js': version }, async (workload, batch) => {
  const { time, features } = workload;
  const recurrent = workload.layers.filter(({ type }) => type !== 'dense');
  const net = new brain.recurrent[kinds[recurrent[0].type]]({
    inputSize: features,
    hiddenLayers: recurrent.map(({ units }) => units),
    outputSize: features,
  });
  const { x } = data(workload, batch, 1);
  const value = (e, t) => {
    const at = (e * time + t) * features;
    return features === 1 ? x[at] : Array.from(x.subarray(at, at + features));
  };
  const series = Array.from({ length: batch }, (_, e) =>
    Array.from({ length: time }, (_, t) => value(e, t)),
  );
  const options = { log: false, errorThresh: 0 };
  return { step: (n) => net.train(series, { ...options, iterations: n }) };
});
