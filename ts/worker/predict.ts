import { type Engine, slots } from '../engine/engine.ts';
import type { Packed } from '../pack.ts';
import { examplesOf, load, range, slice as cut } from './data.ts';
import type { Rest } from './measure.ts';

/** What a model gives, [batch, …]. */
export interface Prediction {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Fewest and most examples that are predicted at once; no result depends on it. */
const [FEWEST, MOST] = [16, 256];

/**
 * The model's first output for all examples, some at a time: as many as a slice has time for.
 * @param slice - longest time without giving way to the event loop, in milliseconds
 */
export async function predictAll(
  engine: Engine,
  inputs: readonly Packed[],
  slice: number,
  rest: Rest,
): Promise<Prediction> {
  const total = examplesOf({ inputs });
  let data = new Float32Array(0);
  let shape: number[] = [];
  let size = FEWEST;
  for (let done = 0; done < total;) {
    const began = performance.now();
    const part = inputs.map((packed) => cut(packed, done, Math.min(size, total - done)));
    const count = load(engine, slots.scratch, { inputs: part, targets: [] });
    const values = engine.predictStep(slots.scratch, range(count), 0);
    if (done === 0) {
      shape = [total, ...engine.outputShape(0, slots.scratch).slice(1)];
      data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    }
    data.set(values, done * (values.length / count));
    done += count;
    await rest();
    if (2 * (performance.now() - began) < slice) size = Math.min(2 * size, MOST);
  }
  return { data, shape };
}
