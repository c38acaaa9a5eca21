import { UnrolledError } from '../errors.ts';
import { currentConfig, type NodeWorkerLike, type WorkerLike } from '../engine/config.ts';

/** Whether a worker is one of Node's worker_threads. */
export const isNodeWorker = (worker: WorkerLike): worker is NodeWorkerLike =>
  'on' in worker && typeof worker.on === 'function';

/**
 * Starts a worker: the one that `init` makes, or the code inside the library, so that no bundler
 * has to find a file.
 */
export async function spawn(): Promise<WorkerLike> {
  const { worker } = currentConfig();
  if (worker !== undefined) return worker();
  const { default: code } = await import('../generated/worker-code.ts');
  const source = `${code}\n//# sourceURL=unrolled-worker.js`;
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (threads !== undefined) {
    return new threads.Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), {
      name: 'unrolled',
    });
  }
  if (typeof Worker === 'undefined') {
    throw new UnrolledError(
      'There are no workers here: they need a browser or Node 20.16 or newer; thread: "main" does without',
    );
  }
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  try {
    return new Worker(url, { type: 'module', name: 'unrolled' });
  } finally {
    // The worker has fetched it by the time its first message arrives, not before.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
}
