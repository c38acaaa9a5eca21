import { EngineCrashError, isEngineCrashError, revive } from '../errors.ts';
import type { Api } from './api.ts';
import { Pulse } from './control.ts';
import { type Connection, type Method, Pending, type Result } from './connection.ts';

/** Calls that are made at once; the others give way first when the slice is over. */
const urgent: ReadonlySet<Method> = new Set(['control', 'dispose']);

/**
 * Connects to an {@link Api} on this thread.
 * @param slice - longest time that calls, one after the other, keep the event loop, in milliseconds
 */
export function connectDirect(api: Api, slice: number): Connection {
  const pending = new Pending();
  const pulse = new Pulse(slice, false);

  async function close(reason: Error): Promise<void> {
    if (pending.closed !== undefined) return;
    pending.close(reason);
    api.dispose();
  }

  return {
    close,
    async call<M extends Method>(method: M, args: Parameters<Api[M]>): Promise<Result<M>> {
      if (pending.closed !== undefined) throw pending.closed;
      const run = api[method] as (...args: unknown[]) => Result<M> | Promise<Result<M>>;
      const turn = async () => {
        if (!urgent.has(method) && pulse.due()) await pulse.rest();
        return run(...args);
      };
      const answer = turn().catch((error: unknown) => {
        const revived = revive(error);
        if (isEngineCrashError(revived)) {
          void close(new EngineCrashError(revived.message, { cause: revived }));
        }
        throw revived;
      });
      return pending.add(answer, () => {});
    },
  };
}
