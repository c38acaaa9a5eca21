import { type Engine, type Meter, slots } from '../engine/engine.ts';
import { DataError } from '../errors.ts';
import { load, range } from './data.ts';
import type { Batch, StreamReader } from './protocol.ts';

/** The batches of an epoch. */
export interface Batches {
  /** Number of batches of an epoch, where it is known. */
  readonly count: number | null;
  /** Begins an epoch and passes over the batches that were done before. */
  begin(order: number, done: number): void | Promise<void>;
  /** The next batch, where it has to be waited for. */
  readonly arriving?: Promise<unknown> | undefined;
  /** Trains the next batch; false at the end of the epoch. */
  step(): boolean | Promise<boolean>;
}

/** Batches of data that lie in the engine, in shuffled order. */
export function residentBatches(
  engine: Engine,
  meter: Meter,
  examples: number,
  batchSize: number,
  shuffle: boolean,
): Batches {
  const ordered = range(examples);
  let order = ordered;
  let next = 0;
  return {
    count: Math.ceil(examples / batchSize),
    begin(epoch, done) {
      order = shuffle ? engine.permutation(examples, epoch) : ordered;
      next = done * batchSize;
    },
    step() {
      if (next >= examples) return false;
      engine.trainStep(slots.train, order.subarray(next, next + batchSize), meter);
      next += batchSize;
      return true;
    },
  };
}

/**
 * Batches of a stream. The next one is asked for while this one is computed, and no more than
 * that: a source that is faster than the training waits.
 */
export function streamedBatches(
  engine: Engine,
  meter: Meter,
  read: StreamReader,
  limit: number | null,
): Batches {
  let ahead: Promise<Batch | null> | undefined;
  let left = Number.POSITIVE_INFINITY;
  let begun = false;
  const pull = (restart: boolean) => {
    const batch = read('train', restart);
    // Seen when it is awaited; until then a failure must not count as unhandled.
    batch.catch(() => {});
    return batch;
  };
  return {
    count: limit,
    get arriving() {
      return ahead;
    },
    async begin(_order, done) {
      left = limit ?? Number.POSITIVE_INFINITY;
      ahead ??= pull(limit === null || !begun);
      begun = true;
      for (let i = 0; i < done && left > 0; i++, left--) {
        if ((await ahead) === null)
          throw new DataError(
            `The stream ended after ${i} batches: expected at least ${done}, as before the run was interrupted`,
          );
        ahead = pull(false);
      }
    },
    async step() {
      if (left <= 0) return false;
      const batch = await ahead;
      ahead = undefined;
      if (batch === undefined || batch === null) return ended(limit, left);
      left -= 1;
      if (left > 0 || limit === null) ahead = pull(false);
      engine.trainStep(slots.scratch, range(load(engine, slots.scratch, batch)), meter);
      return true;
    },
  };
}

function ended(limit: number | null, left: number): false {
  if (limit === null) return false;
  throw new DataError(
    `The stream ended after ${limit - left} batches: expected stepsPerEpoch, ${limit}`,
  );
}
