/** Says something that is probably a mistake; each kind once. */
export type Warn = (kind: string, message: string) => void;

/** Warnings on the console, each kind once: one for each model. */
export function warnOnce(): Warn {
  const said = new Set<string>();
  return (kind, message) => {
    if (said.has(kind)) return;
    said.add(kind);
    console.warn(`unrolled: ${message}`);
  };
}
