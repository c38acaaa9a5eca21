import { Buffer as PageBuffer } from 'buffer/';

/** Node's own, or the same for pages: csv-parse works on it. */
export const Buffer: typeof globalThis.Buffer =
  (globalThis as { Buffer?: typeof globalThis.Buffer }).Buffer ??
  (PageBuffer as unknown as typeof globalThis.Buffer);
