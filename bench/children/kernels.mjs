/**
 * Rates of the kernels in WebAssembly beside the arithmetic peak, as one line of JSON.
 * Arguments: the bare module, its arithmetic.
 */
import { bestRate, loadKernels, peakRate } from '../runner/rates.mjs';

/** Rows × lanes × inner length: the recurrent products of 20 and of 128 LSTM units. */
const PRODUCTS = [
  [80, 32, 20],
  [512, 32, 128],
];
/** Rows × columns × steps × lanes: the gradients of the same two kernels. */
const GRADIENTS = [
  [20, 80, 50, 32],
  [128, 512, 20, 32],
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
process.stdout.write(
  `${JSON.stringify({ peak, products: withShare(products), gradients: withShare(gradients) })}\n`,
);
