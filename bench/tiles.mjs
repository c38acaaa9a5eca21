/**
 * Prints what every candidate tile reaches in WebAssembly, plain and relaxed: what the tile shapes
 * in crates/unrolled-simd/src/arch/wasm32.rs were chosen from. `cargo run --release -p
 * unrolled-bench --bin tiles` does the same natively.
 */
import { buildKernels } from './runner/build.mjs';
import { bestRate, loadKernels, peakRate } from './runner/rates.mjs';

const INNER = [20, 128];
const TIME = 50;

const show = (rate, peak) =>
  `${rate.toFixed(1).padStart(6)} GFLOP/s (${((100 * rate) / peak).toFixed(0).padStart(3)} %)`;

function table(kernels, kind, sizes, peak) {
  for (let which = 0; ; which++) {
    const shape = kernels[`${kind}_shape`](which);
    if (shape === 0) return;
    const rates = sizes.map((size) =>
      bestRate((repeats) => kernels[`${kind}_candidate`](which, size, repeats)),
    );
    const name = `${Math.floor(shape / 100)} × ${shape % 100}`.padStart(8);
    console.log(`${name}  ${rates.map((rate) => show(rate, peak)).join('   ')}`);
  }
}

for (const [arithmetic, path] of Object.entries(await buildKernels())) {
  let kernels;
  try {
    kernels = loadKernels(path);
  } catch (error) {
    console.log(`\n${arithmetic}: not in this engine (${error.message})`);
    continue;
  }
  const peak = peakRate(kernels);
  console.log(`\n${arithmetic}: arithmetic only ${peak.toFixed(1)} GFLOP/s`);
  console.log(`GEMM rows × vectors, at K = ${INNER.join(' and ')}`);
  table(kernels, 'product', INNER, peak);
  console.log(`gradient rows × columns, ${TIME} steps`);
  table(kernels, 'gradient', [TIME], peak);
}
