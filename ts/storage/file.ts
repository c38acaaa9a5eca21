import { text } from '../check.ts';
import type { URLLike } from '../platform.ts';
import type { Destination, Source } from '../storage.ts';
import { nodeFiles } from './node.ts';

/**
 * A file (Node only). Written to a temporary name beside it, then renamed: the file is whole at any
 * moment.
 * @param place - path, or file: URL
 */
export function file(place: string | URLLike): Destination & Source {
  if (!(place instanceof URL)) text('storage.file', place);
  const resolve = () => {
    const { fs, path, url } = nodeFiles();
    const name = String(place);
    return { fs, path, target: name.startsWith('file:') ? url.fileURLToPath(name) : name };
  };
  return {
    async write(bytes) {
      const { fs, path, target } = resolve();
      const temporary = path.join(
        path.dirname(target),
        `.${path.basename(target)}.${crypto.randomUUID()}.tmp`,
      );
      try {
        const handle = await fs.open(temporary, 'wx');
        try {
          await handle.writeFile(bytes);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await fs.rename(temporary, target);
      } catch (error) {
        await fs.rm(temporary, { force: true });
        throw error;
      }
    },
    async read() {
      const { fs, target } = resolve();
      return new Uint8Array(await fs.readFile(target));
    },
  };
}
