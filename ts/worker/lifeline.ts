/**
 * Browsers do not say when a worker ends. So it holds a lock for as long as it lives, and whoever
 * waits for that lock hears of its end. Pages that are not served securely have no locks.
 */

/** Takes the lock and keeps it, in the worker; says whether there are locks. */
export async function holdLifeline(name: string): Promise<boolean> {
  const locks = globalThis.navigator?.locks;
  if (locks === undefined) return false;
  await new Promise<void>((held) => {
    void locks.request(name, () => {
      held();
      return new Promise(() => {});
    });
  });
  return true;
}

/**
 * Calls back when a worker ends, in the page; gives a function that stops waiting.
 * @param hold - makes the worker call {@link holdLifeline}
 */
export function watchLifeline(
  hold: (name: string) => Promise<boolean>,
  ended: () => void,
): () => void {
  const waiting = new AbortController();
  const watch = async () => {
    if (globalThis.navigator?.locks === undefined) return;
    const name = `unrolled-worker-${crypto.randomUUID()}`;
    if (!(await hold(name))) return;
    await navigator.locks.request(name, { signal: waiting.signal }, ended);
  };
  watch().catch(() => {});
  return () => waiting.abort();
}
