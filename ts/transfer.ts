import { DataError } from './errors.ts';
import type { Packed } from './pack.ts';
import { Pulse } from './worker/control.ts';
import type { Batch } from './worker/protocol.ts';

/** Data that are ready to cross, and the buffers that are given away with them. */
export interface Lent {
  readonly packed: readonly Packed[];
  readonly buffers: ArrayBuffer[];
}

/** Makes data ready to cross to where the engine is. */
export type Lend = (list: readonly Packed[]) => Promise<Lent>;

/** Milliseconds of copying without giving way to the event loop: a frame has sixteen. */
const SLICE = 8;
/** Values that are copied between two looks at the clock: 4 MB, about a millisecond. */
const PIECE = 1 << 20;

/**
 * Makes data ready to cross to a worker: buffers of ours are given away, shared memory stays shared,
 * and of what belongs to the caller a copy is given away, which is quicker than a copy on the way.
 * Large ones are copied bit by bit, so that a page goes on drawing.
 */
export const lendToWorker: Lend = async (list) => {
  const buffers: ArrayBuffer[] = [];
  const packed: Packed[] = [];
  for (const item of list) {
    if (item.data.buffer instanceof ArrayBuffer) {
      const data = item.owned ? item.data : await copy(item);
      buffers.push(data.buffer as ArrayBuffer);
      packed.push({ ...item, data });
    } else packed.push(item);
  }
  return { packed, buffers };
};

/** On this thread data are read where they lie. */
export const lendToThread: Lend = (list) => Promise.resolve({ packed: list, buffers: [] });

async function copy({ data, where }: Packed): Promise<Float32Array> {
  const { length } = data;
  if (length <= PIECE) return data.slice();
  const pulse = new Pulse(SLICE, false);
  const copied = new Float32Array(length);
  for (let start = 0; start < length; start += PIECE) {
    copied.set(data.subarray(start, start + PIECE), start);
    if (pulse.due()) await pulse.rest();
    if (data.length !== length) {
      throw new DataError(`${where}: the array was given away while it was read`);
    }
  }
  return copied;
}

/** Makes inputs and targets ready together. */
export async function lendBatch(
  lend: Lend,
  { inputs, targets }: Batch,
): Promise<{ batch: Batch; buffers: ArrayBuffer[] }> {
  const { packed, buffers } = await lend([...inputs, ...targets]);
  return {
    batch: { inputs: packed.slice(0, inputs.length), targets: packed.slice(inputs.length) },
    buffers,
  };
}
