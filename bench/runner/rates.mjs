/** Rates of the bare WebAssembly module that crates/unrolled-bench builds. */
import { readFileSync } from 'node:fs';

/** Loads the module at `path`; throws where the engine lacks its instructions. */
export function loadKernels(path) {
  const module = new WebAssembly.Module(readFileSync(path));
  return new WebAssembly.Instance(module, {}).exports;
}

/**
 * The best of many short samples (shorter than a slice of the scheduler, so that other work on the
 * machine falls between them), in GFLOP/s. `run(repeats)` gives the operations that it did. It is
 * first run until the optimizing compiler has had its time: V8 never replaces running code.
 */
export function bestRate(run, { samples = 80, sampleMs = 1, warmMs = 60 } = {}) {
  const timed = (repeats) => {
    const start = performance.now();
    const operations = run(repeats);
    return { ms: performance.now() - start, operations };
  };
  const end = performance.now() + warmMs;
  let repeats = 1;
  while (performance.now() < end) if (timed(repeats).ms < sampleMs / 4) repeats *= 2;
  repeats = Math.max(1, Math.round((repeats * sampleMs) / timed(repeats).ms));
  let best = 0;
  for (let i = 0; i < samples; i++) {
    const { ms, operations } = timed(repeats);
    best = Math.max(best, operations / ms / 1e6);
  }
  return best;
}

/** The machine's arithmetic: the best rate of the loops that touch no memory. */
export function peakRate(kernels, options) {
  let best = 0;
  for (let which = 0; which < kernels.peak_variants(); which++)
    best = Math.max(
      best,
      bestRate((repeats) => kernels.peak(which, 100 * repeats), options),
    );
  return best;
}
