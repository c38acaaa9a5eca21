import { EngineCrashError, isEngineCrashError, revive } from '../errors.ts';
import type { Api } from './api.ts';
import { type Connection, type Method, Pending, type Result } from './connection.ts';

/** Connects to an {@link Api} on this thread. */
export function connectDirect(api: Api): Connection {
  const pending = new Pending();

  async function close(reason: Error): Promise<void> {
    if (pending.closed !== undefined) return;
    pending.close(reason);
    if (!isEngineCrashError(reason)) api.dispose();
  }

  return {
    close,
    async call<M extends Method>(method: M, args: Parameters<Api[M]>): Promise<Result<M>> {
      if (pending.closed !== undefined) throw pending.closed;
      const run = api[method] as (...args: unknown[]) => Result<M> | Promise<Result<M>>;
      const answer = (async () => run(...args))().catch((error: unknown) => {
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
