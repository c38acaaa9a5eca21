/**
 * The engine called directly on the main thread: a call a mini-batch, shuffled anew each epoch.
 * Arguments: arithmetic (simd128 or relaxed); `train`, or `gradients` for forward and backward
 * without the optimizer.
 */
import { readFileSync } from 'node:fs';
import { data, serve } from './serve.mjs';
import { compileSpec, modelSpec } from './spec.mjs';

const [arithmetic, what] = process.argv.slice(2);
const folder = new URL(`../../crates/unrolled-wasm/pkg/${arithmetic}/`, import.meta.url);
const { initSync, WasmModel } = await import(new URL('unrolled_wasm.js', folder).href);
const { memory } = initSync({ module: readFileSync(new URL('unrolled_wasm_bg.wasm', folder)) });
const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);

await serve({ unrolled: version }, async (workload, batch) => {
  const { x, y, examples } = data(workload, batch);
  const model = new WasmModel(JSON.stringify(modelSpec(workload)));
  model.compile(JSON.stringify(compileSpec));
  const shape = Uint32Array.of(examples, workload.time, workload.features);
  model.setInput(0, 0, x, shape, undefined);
  model.setTarget(0, 0, y, Uint32Array.of(examples, ...workload.target));

  let epochs = 0;
  let order = model.permutation(examples, epochs);
  let at = 0;
  let steps = 0;
  const next = () => {
    if (at === examples) {
      order = model.permutation(examples, ++epochs);
      at = 0;
    }
    at += batch;
    return order.subarray(at - batch, at);
  };
  const call = what === 'train' ? model.trainStep : model.gradients;
  return {
    step(n) {
      for (let i = 0; i < n; i++) call.call(model, 0, next(), 0);
      steps += n;
    },
    end: () => model.free(),
    extra: () =>
      what === 'train'
        ? { steps, wasm: memory.buffer.byteLength, rss: process.memoryUsage().rss }
        : {},
  };
});
