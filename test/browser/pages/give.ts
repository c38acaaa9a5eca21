import * as unrolled from 'unrolled';
import { type Cell, fingerprint } from '../support/fingerprint.ts';

let batches = 0;
let model: ReturnType<typeof build> | undefined;
const workers: Worker[] = [];

function build() {
  const { layers, sequential } = unrolled;
  return sequential([layers.lstm(8), layers.dense(1)], { inputShape: [null, 1] }).compile({
    loss: 'mse',
    optimizer: 'adam',
  });
}

/** Trains until something ends it; gives the name of the error. */
async function trainEndlessly(signal?: AbortSignal): Promise<string> {
  model = build();
  const x = Array.from({ length: 320 }, (_, i) => [Math.sin(i), Math.sin(i + 1)]);
  const y = Array.from({ length: 320 }, (_, i) => Math.sin(i + 2));
  try {
    await model.fit(x, y, {
      epochs: 1_000_000,
      progressInterval: 20,
      onBatchEnd: () => {
        batches++;
      },
      ...(signal ? { signal } : {}),
    });
    return 'no error';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

/** What tests call in a page. */
const given = {
  unrolled,
  fingerprintHere: (cell: Cell, thread?: 'worker' | 'main') => fingerprint(unrolled, cell, thread),
  trainEndlessly,
  trained: () => batches,
  disposeTrained: () => model?.dispose(),
  lastWorker: (): Worker => {
    const worker = workers.at(-1);
    if (!worker) throw new Error('The page has started no worker of its own');
    return worker;
  },
};

/** Notes a worker that the page has made. */
export function note(worker: Worker): Worker {
  workers.push(worker);
  return worker;
}

/** Gives the tests what they call: from outside a page they see nothing but its globals. */
export function give(): void {
  Object.assign(globalThis, given);
  document.body.dataset.ready = 'yes';
}

/** Types of the globals. */
export type Given = typeof given;
