import type { Engine, Slot } from '../engine/engine.ts';
import { DataError, isDataError, ShapeError } from '../errors.ts';
import { nonFinitePlace, type Packed } from '../pack.ts';
import type { Batch } from './protocol.ts';

/** 0, 1, … `size` − 1. */
export const range = (size: number): Uint32Array => new Uint32Array(size).map((_, i) => i);

/** Number of examples of a batch. */
export const examplesOf = (batch: Pick<Batch, 'inputs'>): number => batch.inputs[0]?.shape[0] ?? 0;

/**
 * Copies inputs and targets into a slot, where they are checked; gives the number of examples.
 * @throws {DataError} that says where, in the caller's words
 */
export function load(engine: Engine, slot: Slot, { inputs, targets }: Batch): number {
  try {
    inputs.forEach(({ data, shape, lengths }, i) => {
      engine.setInput(slot, i, data, shape, lengths);
    });
    targets.forEach(({ data, shape }, i) => {
      engine.setTarget(slot, i, data, shape);
    });
    if (targets.length > 0) engine.checkData(slot);
  } catch (error) {
    throw isDataError(error) ? placed(error, inputs, targets) : error;
  }
  return examplesOf({ inputs });
}

/** As the engine names a place in a target. */
const targetPlace = /^target of '.*', row (\d+)(?:, step (\d+))?(?=: )/;

function placed(error: Error, inputs: readonly Packed[], targets: readonly Packed[]): Error {
  for (const packed of [...inputs, ...targets]) {
    const place = nonFinitePlace(packed);
    if (place !== undefined) return new DataError(place);
  }
  const [target] = targets;
  const message = error.message.replace(targetPlace, (_, row: string, step?: string) => {
    const example = Number(row) + (target?.first ?? 0);
    return `${target?.where}[${example}]${step === undefined ? '' : `[${step}]`}`;
  });
  return new DataError(message);
}

/** The examples from `start` on, `count` of them; shares the memory. */
export function slice(packed: Packed, start: number, count: number): Packed {
  const [size = 0, ...rest] = packed.shape;
  const one = rest.reduce((a, b) => a * b, 1);
  if (start + count > size)
    throw new ShapeError(`expected at least ${start + count} examples, got ${size}`);
  const { lengths } = packed;
  return {
    data: packed.data.subarray(start * one, (start + count) * one),
    shape: [count, ...rest],
    owned: false,
    where: packed.where,
    first: (packed.first ?? 0) + start,
    ...(lengths === undefined ? {} : { lengths: lengths.slice(start, start + count) }),
  };
}

/** Cuts data into batches of at most `size` examples. */
export function* chunks(batch: Batch, size: number): Generator<Batch> {
  const total = examplesOf(batch);
  for (let start = 0; start < total; start += size) {
    const count = Math.min(size, total - start);
    yield {
      inputs: batch.inputs.map((packed) => slice(packed, start, count)),
      targets: batch.targets.map((packed) => slice(packed, start, count)),
    };
  }
}
