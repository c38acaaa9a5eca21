import type { Packed } from './pack.ts';
import type { Batch } from './worker/protocol.ts';

/**
 * Makes data ready to cross to a worker: buffers of ours are given away, shared memory stays shared,
 * and of what belongs to the caller a copy is given away, which is quicker than a copy on the way.
 */
export function forTransfer(list: readonly Packed[]): { packed: Packed[]; buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  const packed = list.map((item) => {
    if (!(item.data.buffer instanceof ArrayBuffer)) return item;
    const data = item.owned ? item.data : item.data.slice();
    buffers.push(data.buffer as ArrayBuffer);
    return { ...item, data };
  });
  return { packed, buffers };
}

/** The same for inputs and targets together. */
export function batchForTransfer({ inputs, targets }: Batch): {
  batch: Batch;
  buffers: ArrayBuffer[];
} {
  const { packed, buffers } = forTransfer([...inputs, ...targets]);
  return {
    batch: { inputs: packed.slice(0, inputs.length), targets: packed.slice(inputs.length) },
    buffers,
  };
}
