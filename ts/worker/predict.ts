import { type Engine, slots } from '../engine/engine.ts';
import type { Packed } from '../pack.ts';
import { chunks, examplesOf, load, range } from './data.ts';
import { MEASURE_BATCH, type Rest } from './measure.ts';

/** What a model gives, [batch, …]. */
export interface Prediction {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** The model's first output for all examples, some at a time. */
export async function predictAll(
  engine: Engine,
  inputs: readonly Packed[],
  rest: Rest,
): Promise<Prediction> {
  const total = examplesOf({ inputs });
  let data = new Float32Array(0);
  let shape: number[] = [];
  let done = 0;
  for (const part of chunks({ inputs, targets: [] }, MEASURE_BATCH)) {
    const count = load(engine, slots.scratch, part);
    const values = engine.predictStep(slots.scratch, range(count), 0);
    if (done === 0) {
      shape = [total, ...engine.outputShape(0, slots.scratch).slice(1)];
      data = new Float32Array(shape.reduce((a, b) => a * b, 1));
    }
    data.set(values, done * (values.length / count));
    done += count;
    await rest();
  }
  return { data, shape };
}
