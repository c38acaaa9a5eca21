import { type Engine, slots } from '../engine/engine.ts';
import { chunks, load, range } from './data.ts';
import type { Batch, Logs } from './protocol.ts';

/** Examples measured or predicted at once; bounds the engine's memory, changes no result. */
export const MEASURE_BATCH = 256;

/** Gives way to the event loop where it is time. */
export type Rest = () => Promise<void> | undefined;

/** Loss and metrics over streamed batches of any size. */
export async function measureStream(
  engine: Engine,
  batches: AsyncIterable<Batch> | Iterable<Batch>,
  rest: Rest,
): Promise<number[]> {
  engine.resetMetrics();
  for await (const batch of batches) {
    for (const part of chunks(batch, MEASURE_BATCH)) {
      engine.evaluateStep(slots.scratch, range(load(engine, slots.scratch, part)));
      await rest();
    }
  }
  return engine.metrics();
}

/** Loss and metrics over some of the examples that lie in the engine. */
export async function measureResident(
  engine: Engine,
  slot: typeof slots.train | typeof slots.validation,
  from: number,
  rest: Rest,
): Promise<number[]> {
  engine.resetMetrics();
  const order = range(engine.size(slot));
  for (let start = from; start < order.length; start += MEASURE_BATCH) {
    engine.evaluateStep(slot, order.subarray(start, start + MEASURE_BATCH));
    await rest();
  }
  return engine.metrics();
}

/** Names the values of the engine's metrics: `loss`, `mae`, or `valLoss`, `valMae` with a prefix. */
export function named(names: readonly string[], values: readonly number[], prefix = ''): Logs {
  return Object.fromEntries(
    names.map((name, i) => [
      prefix === '' ? name : prefix + name.charAt(0).toUpperCase() + name.slice(1),
      values[i] ?? Number.NaN,
    ]),
  );
}
