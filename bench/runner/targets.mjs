/** What is to be reached, in one run, and whether it was. */
import { all, names } from './implementations.mjs';
import { medianOfRounds } from './measure.mjs';

/** `ours` takes one thread; `times` is how much faster it is to be than `peer`. */
const ratios = [
  { workload: 'rnn-1', ours: names.wasm, peer: names.jax, threads: all, times: 8 },
  { workload: 'rnn-20x2', ours: names.wasm, peer: names.jax, threads: all, times: 3 },
  { workload: 'rnn-20x2', ours: names.wasm, peer: names.torch, threads: 1, times: 10 },
  { workload: 'rnn-20x2', ours: names.wasm, peer: names.tensorflow, threads: all, times: 15 },
  { workload: 'rnn-20x2', ours: names.wasm, peer: names.tfjsWasm, threads: 1, times: 100 },
  { workload: 'lstm-20x2-seq', ours: names.wasm, peer: names.torch, threads: 1, times: 1.4 },
  { workload: 'lstm-20x2-seq', ours: names.wasm, peer: names.jax, threads: all, times: 1.9 },
  { workload: 'gru-20x2-seq', ours: names.wasm, peer: names.torch, threads: 1, times: 7 },
  { workload: 'gru-20x2-seq', ours: names.wasm, peer: names.jax, threads: all, times: 1.9 },
  { workload: 'lstm-128', ours: names.wasm, peer: names.tfjsWasm, threads: 1, times: 18 },
  { workload: 'lstm-20x2-seq', ours: names.native, peer: names.torch, threads: 1, times: 5 },
  { workload: 'lstm-128', ours: names.native, peer: names.torch, threads: 1, times: 1 },
];

/** Share of the machine's peak that a GEMM tile is to reach. */
const TILE_SHARE = 0.85;
/** What optimizer, gathering and worker may add to a step. */
const OVERHEAD = 0.1;

const find = (results, workload, name, threads = 1) =>
  results.find(
    (r) => r.workload === workload && r.implementation === name && r.threads === threads,
  );

/** How many times faster ours is, or null where one of the two was not measured. */
const reached = (results, { workload, ours, peer, threads }) =>
  medianOfRounds(
    [find(results, workload, ours), find(results, workload, peer, threads)],
    (mine, other) => other / mine,
  );

/** @returns {{ target: string, value: number | null, least?: number, most?: number, met: boolean | null }[]} */
export function judge({ results, kernels, memory, workloads }) {
  const faster = ratios
    .filter(({ workload }) => workloads.some(({ name }) => name === workload))
    .map((ratio) => {
      const { workload, ours, peer, threads, times } = ratio;
      const value = reached(results, ratio);
      const threaded = `${threads} thread${threads > 1 ? 's' : ''}`;
      return {
        target: `${workload}: ${ours} against ${peer}, ${threaded}`,
        value,
        least: times,
        met: value === null ? null : value >= times,
      };
    });
  const tiles = (kernels.simd128?.products ?? []).map(({ shape, share }) => ({
    target: `GEMM ${shape.join(' × ')}, plain simd128: share of the peak`,
    value: share,
    least: TILE_SHARE,
    met: share >= TILE_SHARE,
  }));
  const overheads = workloads.map(({ name }) => {
    const gather = kernels.simd128?.gather[name];
    const pair = [names.gradients, names.worker].map((one) => find(results, name, one));
    const value = gather
      ? medianOfRounds(pair, (alone, whole) => whole / (alone - gather) - 1)
      : null;
    return {
      target: `${name}: optimizer, gathering and worker add`,
      value,
      most: OVERHEAD,
      met: value === null ? null : value <= OVERHEAD,
    };
  });
  const flat = memory.map(({ workload, steps, first, last }) => {
    const value = last.wasm / first.wasm - 1;
    return {
      target: `${workload}: WebAssembly memory grows over ${steps} steps`,
      value,
      most: 0,
      met: value <= 0,
    };
  });
  return [...faster, ...tiles, ...overheads, ...flat];
}
