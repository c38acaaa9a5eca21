/** The part of the library that a fingerprint needs: the same in Node and in a page. */
type Library = typeof import('unrolled');

/** The recurrent layers that are compared. */
export const CELLS = ['simpleRNN', 'lstm', 'gru'] as const;
export type Cell = (typeof CELLS)[number];

/**
 * Trains a small network with dropout for three epochs and gives the SHA-256 of its weights' bits, of
 * its history and of its forecasts: any difference in one rounding shows.
 */
export async function fingerprint(
  library: Library,
  cell: Cell,
  thread: 'worker' | 'main' = 'worker',
): Promise<string> {
  const { layers, optimizers, sequential, tensor } = library;
  const options = { dropout: 0.2, recurrentDropout: 0.1 };
  const recurrent = layers[cell];
  const model = sequential(
    [recurrent(9, { ...options, returnSequences: true }), recurrent(7, options), layers.dense(3)],
    { inputShape: [null, 2], seed: 7, thread },
  );
  try {
    model.compile({
      optimizer: optimizers.adam({ learningRate: 0.01 }),
      loss: 'mse',
      metrics: ['mae'],
    });
    const x = tensor(noise(75 * 13 * 2, 1), [75, 13, 2]);
    const y = tensor(noise(75 * 3, 2), [75, 3]);
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 32 });
    const weights = await model.getWeights();
    const forecast = await model.predict(x);
    const numbers = [...weights.map((weight) => weight.data), forecast.data];
    return await sha256([...numbers, Float64Array.from([...history.loss, ...(history.mae ?? [])])]);
  } finally {
    await model.dispose();
  }
}

/** Numbers in [-1, 1) that every engine computes alike: a linear congruential generator's. */
function noise(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

async function sha256(parts: readonly (Float32Array | Float64Array)[]): Promise<string> {
  const bytes = parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
  const all = new Uint8Array(await new Blob(bytes as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', all));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
