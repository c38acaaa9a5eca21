import type { SavedMetadata } from './protocol.ts';

/** Reads what `save` wrote into a checkpoint; null for a file that this library did not write. */
export function readMetadata(metadata: unknown): SavedMetadata | null {
  return typeof metadata === 'string' ? (JSON.parse(metadata) as SavedMetadata) : null;
}
