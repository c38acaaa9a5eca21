import { SingleBar } from 'cli-progress';

/** A bar on stderr; does nothing where `shown` is false. */
export interface Progress {
  /** @param text shown behind the bar */
  update(done: number, text: string): void;
  stop(): void;
}

export function startProgress(shown: boolean, label: string, total: number): Progress {
  if (!shown) return { update() {}, stop() {} };
  const bar = new SingleBar({
    format: `${label} {bar} {value}/{total} {text}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
    stream: process.stderr,
  });
  bar.start(total, 0, { text: '' });
  return {
    update: (done, text) => bar.update(done, { text }),
    stop: () => bar.stop(),
  };
}
