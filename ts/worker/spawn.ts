import { currentConfig, type NodeWorkerLike, type WorkerLike } from '../engine/config.ts';
import { UnrolledError } from '../errors.ts';
import { blockedWorker, watchPolicy } from './blocked.ts';

/** Whether a worker is one of Node's worker_threads. */
export const isNodeWorker = (worker: WorkerLike): worker is NodeWorkerLike =>
  'on' in worker && typeof worker.on === 'function';

/**
 * Starts a worker: the one that `init` makes, or the code inside the library, so that no bundler
 * has to find a file.
 * @throws UnrolledError where none may be started
 */
export async function spawn(): Promise<WorkerLike> {
  const { worker } = currentConfig();
  const start = worker ?? (await inside());
  watchPolicy();
  try {
    return start();
  } catch (cause) {
    throw blockedWorker(cause);
  }
}

/** A worker from the code inside the library: one classic script, which imports nothing. */
async function inside(): Promise<() => WorkerLike> {
  const { default: code } = await import('../generated/worker-code.ts');
  const source = `${code}\n//# sourceURL=unrolled-worker.js`;
  const threads = globalThis.process?.getBuiltinModule?.('node:worker_threads');
  if (threads !== undefined) {
    const url = `data:text/javascript,${encodeURIComponent(source)}`;
    return () => new threads.Worker(new URL(url), { name: 'unrolled' });
  }
  if (typeof Worker === 'undefined') {
    throw new UnrolledError(
      'There are no workers here: they need a browser or Node 20.16 or newer; thread: "main" does without',
    );
  }
  return () => {
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    // The worker has fetched it by the time its first message arrives, not before.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    return new Worker(url, { name: 'unrolled' });
  };
}
