import { text } from '../check.ts';
import { UnrolledError } from '../errors.ts';
import type { Destination } from '../storage.ts';

/**
 * A download of the page (browsers only).
 * @param name - name of the file that is offered
 */
export function download(name: string): Destination {
  text('storage.download', name);
  return {
    async write(bytes) {
      if (typeof document === 'undefined') {
        throw new UnrolledError('storage.download works in pages only');
      }
      const url = URL.createObjectURL(
        new Blob([bytes.slice()], { type: 'application/octet-stream' }),
      );
      const link = document.createElement('a');
      link.href = url;
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
    },
  };
}
