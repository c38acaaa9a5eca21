import { expose } from 'comlink';
import type { NodeWorkerLike } from '../../ts/engine/config.ts';
import { createApi } from '../../ts/worker/api.ts';
import { sendErrorDetails } from '../../ts/worker/throwing.ts';
import { type FakeEngine, fakeEngine } from './fakeEngine.ts';

/** A worker of Node without a thread: the api on the other end of a channel. */
export interface FakeWorker extends NodeWorkerLike {
  readonly engine: FakeEngine;
  /** What it did: `ref`, `unref`, `terminate`. */
  readonly log: string[];
  /** Lets it die: no more answers, and the event that Node would send. */
  die(event: 'exit' | 'error', value: unknown): void;
}

/** @param slice - longest time without giving way to the event loop, in milliseconds */
export function fakeWorker(slice = 0): FakeWorker {
  sendErrorDetails();
  const { port1, port2 } = new MessageChannel();
  const engine = fakeEngine();
  const log: string[] = [];
  const listeners = new Map<string, Set<(value: unknown) => void>>();
  const heard = (type: string) => {
    const set = listeners.get(type) ?? new Set();
    listeners.set(type, set);
    return set;
  };
  expose(
    createApi(() => engine, slice),
    port2,
  );
  port1.onmessage = ({ data }) => {
    for (const listener of heard('message')) listener(data);
  };
  const close = () => {
    port1.close();
    port2.close();
  };
  return {
    engine,
    log,
    postMessage: (message, transfer) =>
      port1.postMessage(message, [...(transfer ?? [])] as Transferable[]),
    on: (type, listener) => heard(type).add(listener),
    off: (type, listener) => heard(type).delete(listener),
    ref: () => void log.push('ref'),
    unref: () => void log.push('unref'),
    terminate: async () => {
      log.push('terminate');
      close();
      return 0;
    },
    die(event, value) {
      close();
      for (const listener of heard(event)) listener(value);
    },
  };
}
