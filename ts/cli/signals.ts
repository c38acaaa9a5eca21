/** Exit codes as shells give them for a program that a signal ended. */
const CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Why the work was given up: Ctrl-C, or a polite `kill`. */
export class Interruption extends Error {
  override name = 'Interruption' as const;
  /** Exit code of the process. */
  readonly code: number;

  constructor(signal: keyof typeof CODES) {
    super(`ended by ${signal}`);
    this.code = CODES[signal];
  }
}

/**
 * Aborts at the first signal. At the second the process ends at once.
 *
 * @param interactive whether a progress bar may have hidden the cursor
 * @returns takes the listeners away
 */
export function listenForSignals(abort: AbortController, interactive: boolean): () => void {
  const listen = (signal: keyof typeof CODES) => {
    if (abort.signal.aborted) {
      if (interactive) process.stderr.write('\u001b[?25h');
      process.exit(CODES[signal]);
    }
    abort.abort(new Interruption(signal));
  };
  const signals = Object.keys(CODES) as (keyof typeof CODES)[];
  for (const signal of signals) process.on(signal, listen);
  return () => {
    for (const signal of signals) process.removeListener(signal, listen);
  };
}
