import { type Engine, type Meter, slots } from '../engine/engine.ts';
import { DataError } from '../errors.ts';
import { chunks, load, range } from './data.ts';
import type { Batch, Logs, StreamName, StreamReader } from './protocol.ts';

/** Examples measured at once: bounds the engine's memory; the sums of a loss go by these. */
export const MEASURE_BATCH = 256;

/** Gives way to the event loop where it is time. */
export type Rest = () => Promise<void> | undefined;

/** Loss and metrics over what `work` adds to a meter of its own. */
export async function metered(
  engine: Engine,
  work: (meter: Meter) => Promise<void>,
): Promise<number[]> {
  const meter = engine.openMeter();
  try {
    await work(meter);
    return engine.metrics(meter);
  } finally {
    engine.closeMeter(meter);
  }
}

/** Loss and metrics over a batch of any size. */
export const measureBatch = (engine: Engine, batch: Batch, rest: Rest): Promise<number[]> =>
  metered(engine, (meter) => add(engine, meter, batch, rest));

/**
 * Loss and metrics over a stream of batches of any size.
 * @throws DataError where it gives none
 */
export const measureStream = (
  engine: Engine,
  read: StreamReader,
  stream: StreamName,
  rest: Rest,
): Promise<number[]> =>
  metered(engine, async (meter) => {
    let batch = await read(stream, true);
    if (batch === null) {
      throw new DataError(
        `${stream}: the stream gave no batches; an iterator can be read only once, a function begins it anew`,
      );
    }
    for (; batch !== null; batch = await read(stream, false)) await add(engine, meter, batch, rest);
  });

async function add(engine: Engine, meter: Meter, batch: Batch, rest: Rest): Promise<void> {
  for (const part of chunks(batch, MEASURE_BATCH)) {
    engine.evaluateStep(slots.scratch, range(load(engine, slots.scratch, part)), meter);
    await rest();
  }
}

/** Loss and metrics over some of the examples that lie in the engine. */
export const measureResident = (
  engine: Engine,
  slot: typeof slots.train | typeof slots.validation,
  from: number,
  rest: Rest,
): Promise<number[]> =>
  metered(engine, async (meter) => {
    const order = range(engine.size(slot));
    for (let start = from; start < order.length; start += MEASURE_BATCH) {
      engine.evaluateStep(slot, order.subarray(start, start + MEASURE_BATCH), meter);
      await rest();
    }
  });

/** Names the values of the engine's metrics: `loss`, `mae`, or `valLoss`, `valMae` with a prefix. */
export function named(names: readonly string[], values: readonly number[], prefix = ''): Logs {
  return Object.fromEntries(
    names.map((name, i) => [
      prefix === '' ? name : prefix + name.charAt(0).toUpperCase() + name.slice(1),
      values[i] ?? Number.NaN,
    ]),
  );
}
