/**
 * Rates of the kernels in WebAssembly beside the arithmetic peak, and the time that gathering a
 * mini-batch of each workload takes, as one line of JSON. Argument: the bare module.
 */
import { readFileSync } from 'node:fs';
import { bestRate, loadKernels, peakRate } from '../runner/rates.mjs';
import { size } from './serve.mjs';

/** Rows × inner length: the recurrent products of 20 and of 128 LSTM units. */
const PRODUCTS = [
  [80, 20],
  [512, 128],
];
/** Rows × columns × steps: the gradients of the same two kernels. */
const GRADIENTS = [
  [20, 80, 50],
  [128, 512, 20],
];

const kernels = loadKernels(process.argv[2]);
// The machine's clock moves: the peak is taken before, between and after, and the best counts.
let peak = peakRate(kernels);
const measure = (shapes, run) =>
  shapes.map((shape) => {
    const gflops = bestRate((repeats) => run(...shape, repeats), { samples: 200 });
    peak = Math.max(peak, peakRate(kernels));
    return { shape, gflops };
  });
const products = measure(PRODUCTS, kernels.product);
const gradients = measure(GRADIENTS, kernels.gradient);
const withShare = (rates) => rates.map((rate) => ({ ...rate, share: rate.gflops / peak }));

/** Microseconds to gather `rows` values of each example of a mini-batch. */
function gathering(examples, rows) {
  kernels.gather_from(examples, rows);
  return 1 / (1e3 * bestRate(kernels.gather, { samples: 20 }));
}

const { batch, workloads } = JSON.parse(
  readFileSync(new URL('../workloads.json', import.meta.url), 'utf8'),
);
const gather = {};
for (const { name, time, features, target, steps } of workloads) {
  const parts = [time * features, size(target)].map((rows) => gathering(steps * batch, rows));
  gather[name] = parts[0] + parts[1];
}

const rates = { peak, products: withShare(products), gradients: withShare(gradients), gather };
process.stdout.write(`${JSON.stringify(rates)}\n`);
