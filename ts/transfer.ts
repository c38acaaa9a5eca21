import type { Packed } from './pack.ts';
import type { Batch } from './worker/protocol.ts';

/**
 * Makes data ready to cross to a worker: buffers of ours are given away, views of larger buffers are
 * cut out, shared memory stays shared, and what belongs to the caller is copied on the way.
 */
export function forTransfer(list: readonly Packed[]): { packed: Packed[]; buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  const packed = list.map((item) => {
    const { data } = item;
    if (!(data.buffer instanceof ArrayBuffer)) return item;
    const whole = data.byteLength === data.buffer.byteLength;
    if (!item.owned && whole) return item;
    const own = item.owned ? data : data.slice();
    buffers.push(own.buffer as ArrayBuffer);
    return { ...item, data: own };
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
