/** TensorFlow.js: `model.fit`, shuffled mini-batches. Argument: backend (cpu or wasm). */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { data, serve } from './serve.mjs';

const backend = process.argv[2];
if (backend === 'wasm') {
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(dirname(entry), '/'));
}
await tf.setBackend(backend);
await tf.ready();

const makers = {
  simpleRnn: tf.layers.simpleRNN,
  lstm: tf.layers.lstm,
  gru: (config) => tf.layers.gru({ ...config, resetAfter: false }), // the only kind that it has
};

function layer({ type, ...config }, inputShape, everyStep) {
  if (type !== 'dense') return makers[type]({ ...config, inputShape });
  const dense = tf.layers.dense(config);
  return everyStep ? tf.layers.timeDistributed({ layer: dense }) : dense;
}

await serve({ '@tensorflow/tfjs': tf.version.tfjs }, async (workload, batch) => {
  // A sample has few steps: a slow peer does not need an epoch of 200.
  const most = Math.min(workload.steps, 40);
  const { x, y, examples } = data(workload, batch, most);
  const xs = tf.tensor3d(x, [examples, workload.time, workload.features]);
  const ys = tf.tensor(y, [examples, ...workload.target]);
  const model = tf.sequential();
  workload.layers.forEach((spec, i) => {
    const shape = i === 0 ? [workload.time, workload.features] : undefined;
    model.add(layer(spec, shape, workload.target.length === 2));
  });
  model.compile({ loss: 'meanSquaredError', optimizer: 'adam' });
  return {
    most,
    sampleMs: 200, // starting an epoch costs something
    async step(n) {
      const part = (all) => (n === most ? all : all.slice(0, n * batch));
      const [px, py] = [part(xs), part(ys)];
      await model.fit(px, py, { batchSize: batch, epochs: 1, verbose: 0 });
      if (n !== most) tf.dispose([px, py]);
    },
    end() {
      model.dispose();
      tf.dispose([xs, ys]);
    },
  };
});
