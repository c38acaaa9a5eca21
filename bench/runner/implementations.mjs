/** Who takes part: each implementation is a program that speaks the protocol of ../README.md. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { capture } from '../../scripts/lib/shell.mjs';

const child = (name) => join(root, 'bench', 'children', name);
const script = (name) => join(root, 'bench', 'python', name);

/** The threads that "all" stands for. */
export const all = availableParallelism();

/** Flags of Node.js for children: older versions have relaxed simd behind one, newer lack the flag. */
export const nodeFlags = ['--no-warnings', '--experimental-wasm-relaxed-simd'].filter(
  (flag) => capture(process.execPath, [flag, '--eval', '']).ok,
);

/** Names that the targets use. */
export const names = {
  wasm: 'unrolled wasm',
  relaxed: 'unrolled wasm relaxed',
  gradients: 'unrolled wasm, forward and backward alone',
  worker: 'unrolled wasm, facade and worker',
  native: 'unrolled native',
  tfjsWasm: 'TF.js wasm',
  tfjsCpu: 'TF.js cpu',
  brain: 'brain.js',
  torch: 'PyTorch',
  jax: 'Keras JAX',
  tensorflow: 'Keras TensorFlow',
};

/**
 * @typedef {object} Implementation
 * @property {string} name
 * @property {number} threads
 * @property {string} command
 * @property {string[]} args
 * @property {string[]} [skip] workloads that take it too long
 *
 * @param {{ native: string | null, python: string | null, quick: boolean }} found
 * @returns {Implementation[]}
 */
export function implementations({ native, python, quick }) {
  const node = (name, file, ...args) => ({
    name,
    threads: 1,
    command: process.execPath,
    args: [...nodeFlags, child(file), ...args],
  });
  const list = [
    node(names.wasm, 'engine.mjs', 'simd128', 'train'),
    node(names.relaxed, 'engine.mjs', 'relaxed', 'train'),
    node(names.gradients, 'engine.mjs', 'simd128', 'gradients'),
    node(names.worker, 'facade.mjs'),
  ];
  if (native) list.push({ name: names.native, threads: 1, command: native, args: [] });
  list.push(
    node(names.tfjsWasm, 'tfjs.mjs', 'wasm'),
    { ...node(names.tfjsCpu, 'tfjs.mjs', 'cpu'), skip: quick ? ['lstm-128'] : [] },
    { ...node(names.brain, 'brain.mjs'), skip: quick ? ['lstm-128'] : [] },
  );
  if (python) {
    const counts = all > 1 ? [1, all] : [1];
    const peer =
      (name, file, ...args) =>
      (threads) => ({
        name,
        threads,
        command: python,
        args: [script(file), ...args, String(threads === all ? 0 : threads)],
      });
    list.push(
      ...counts.map(peer(names.torch, 'torch_peer.py')),
      ...counts.map(peer(names.jax, 'keras_peer.py', 'jax')),
      ...counts.map(peer(names.tensorflow, 'keras_peer.py', 'tensorflow')),
    );
  }
  // A quick run leaves out what no target speaks of.
  const spare = ({ name, threads }) =>
    (threads === 1 && (name === names.jax || name === names.tensorflow)) ||
    (threads > 1 && name === names.torch);
  return quick ? list.filter((one) => !spare(one)) : list;
}
