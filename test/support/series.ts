import { tensor, type Tensor } from '../../ts/index.ts';

/** A repeatable stream of numbers in [0, 1) (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Waves of one feature and the value that comes next: x [count, steps, 1], y [count, 1]. */
export function waves(count: number, steps: number, seed = 1): { x: Tensor<3>; y: Tensor<2> } {
  const next = random(seed);
  const x = new Float32Array(count * steps);
  const y = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const phase = 6 * next();
    const speed = 0.3 + 0.4 * next();
    for (let t = 0; t < steps; t++) x[i * steps + t] = Math.sin(phase + speed * t);
    y[i] = Math.sin(phase + speed * steps);
  }
  return { x: tensor(x, [count, steps, 1]), y: tensor(y, [count, 1]) };
}

/** Ragged sequences of `features` features with 1 to `longest` steps, as nested arrays. */
export function ragged(count: number, longest: number, features: number, seed = 1): number[][][] {
  const next = random(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(next() * longest) }, () =>
      Array.from({ length: features }, () => 2 * next() - 1),
    ),
  );
}
