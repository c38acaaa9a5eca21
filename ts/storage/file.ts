import { text } from '../check.ts';
import type { URLLike } from '../platform.ts';
import type { Destination, Source } from '../storage.ts';
import { refuseOthers, storageError } from './failure.ts';
import { nodeFiles } from './node.ts';
import { replaceFile } from './replace.ts';

/**
 * A file (Node only). Written to a temporary name beside it, then renamed: the file is whole at any
 * moment. Symbolic links are followed; a file that was there keeps its mode.
 * @param place - path, or file: URL
 */
export function file(place: string | URLLike): Destination & Source {
  if (!(place instanceof URL)) text('storage.file', place);
  const pathOf = () => {
    const { url } = nodeFiles();
    const name = String(place);
    return name.startsWith('file:') ? url.fileURLToPath(name) : name;
  };
  return {
    async write(bytes) {
      try {
        await replaceFile(pathOf(), bytes);
      } catch (error) {
        throw storageError(place, 'written', error);
      }
    },
    async read() {
      try {
        const { fs } = nodeFiles();
        const path = pathOf();
        refuseOthers(await fs.stat(path));
        return new Uint8Array(await fs.readFile(path));
      } catch (error) {
        throw storageError(place, 'read', error);
      }
    },
  };
}
