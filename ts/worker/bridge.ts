import { type Endpoint, proxy, type Remote, transfer, wrap } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import type { WorkerLike } from '../engine/config.ts';
import { EngineCrashError, isEngineCrashError, revive } from '../errors.ts';
import type { Api } from './api.ts';
import { blockedWorker } from './blocked.ts';
import { type Connection, type Method, Pending, type Result } from './connection.ts';
import { watchLifeline } from './lifeline.ts';
import { isNodeWorker } from './spawn.ts';

/**
 * Connects to a worker that exposes the {@link Api}. When the worker dies, everything pending
 * rejects; while nothing is pending, a worker of Node does not keep the process alive.
 */
export function connectWorker(worker: WorkerLike): Connection {
  const pending = new Pending();
  const node = isNodeWorker(worker) ? worker : undefined;
  const remote: Remote<Api> = wrap<Api>(
    isNodeWorker(worker) ? nodeEndpoint(worker) : (worker as unknown as Endpoint),
  );
  node?.unref();

  const died = (why: string, cause: unknown) => {
    void close(
      new EngineCrashError(`The worker of this model ${why}: build or load the model again`, {
        cause,
      }),
    );
  };
  const blocked = (cause: unknown) => void close(blockedWorker(cause));
  const forget = listenForDeath(worker, (name) => remote.holdLifeline(name), died, blocked);

  async function close(reason: Error): Promise<void> {
    if (pending.closed !== undefined) return;
    pending.close(reason);
    forget();
    await worker.terminate();
  }

  return {
    close,
    async call<M extends Method>(
      method: M,
      args: Parameters<Api[M]>,
      buffers: ArrayBuffer[] = [],
    ): Promise<Result<M>> {
      if (pending.closed !== undefined) throw pending.closed;
      const wired = args.map((arg: unknown, i: number) => {
        if (typeof arg === 'function') return proxy(arg);
        return i === 0 && buffers.length > 0 ? transfer(arg as object, buffers) : arg;
      });
      node?.ref();
      const method_ = remote[method] as unknown as (...args: unknown[]) => Promise<Result<M>>;
      // What cannot be sent rejects like any other call, so that it counts as answered.
      const answer = (async () => method_(...wired))().catch((error: unknown) => {
        const revived = revive(error);
        if (isEngineCrashError(revived)) void close(revived);
        throw revived;
      });
      return pending.add(answer, () => {
        // Not once it is closed: ending a worker keeps the process alive until it has ended.
        if (pending.closed === undefined && pending.size === 0) node?.unref();
      });
    },
  };
}

/**
 * Calls back once when a worker fails or ends; gives a function that stops listening.
 * @param hold - makes a worker of a page hold its lifeline
 * @param blocked - called instead of `died` for a worker that could not be loaded
 */
function listenForDeath(
  worker: WorkerLike,
  hold: (name: string) => Promise<boolean>,
  died: (why: string, cause: unknown) => void,
  blocked: (cause: unknown) => void,
): () => void {
  const failed = (event: unknown) => {
    const message = messageOf(event);
    if (message === undefined) blocked(event);
    else died(`failed (${message})`, event);
  };
  const garbled = (event: unknown) => died('sent what cannot be read', event);
  const ended = () => died('ended', undefined);
  if (!isNodeWorker(worker)) {
    worker.addEventListener('error', failed);
    worker.addEventListener('messageerror', garbled);
    const stopWaiting = watchLifeline(hold, ended);
    return () => {
      stopWaiting();
      worker.removeEventListener('error', failed);
      worker.removeEventListener('messageerror', garbled);
    };
  }
  worker.on('error', failed);
  worker.on('messageerror', garbled);
  worker.on('exit', ended);
  return () => {
    worker.off('exit', ended);
    worker.off('messageerror', garbled);
    // 'error' stays: an error event that nobody hears would end the process.
  };
}

/** What went wrong in a worker; a worker that could not even be loaded says nothing. */
function messageOf(event: unknown): string | undefined {
  if (
    typeof event === 'object' &&
    event !== null &&
    'message' in event &&
    typeof event.message === 'string'
  ) {
    return event.message;
  }
  return undefined;
}
