import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { readSeries, type Series, type SeriesRequest } from '../table/index.ts';
import { UserError } from './errors.ts';

/** How messages name an option of the command line. */
export const optionName = (option: string): string => `--${option}`;

/**
 * Reads a series from a CSV file, as a stream.
 *
 * @throws {UserError} if the file cannot be read
 * @throws {TableError} if what is in it cannot be used
 */
export async function readFile(
  file: string,
  request: SeriesRequest,
  signal: AbortSignal,
): Promise<Series> {
  try {
    const stats = await stat(file);
    if (!stats.isFile() && !stats.isDirectory()) {
      throw new UserError(`${file} is a pipe or a device: write what it gives into a file first`);
    }
    const stream = createReadStream(file, { signal });
    return await readSeries(stream, { ...request, name: file, optionName, signal });
  } catch (error) {
    const known = SYSTEM_ERRORS[(error as NodeJS.ErrnoException).code ?? ''];
    throw known === undefined ? error : new UserError(`${file}: ${known}`);
  }
}

const SYSTEM_ERRORS: Record<string, string> = {
  ENOENT: 'no such file',
  EISDIR: 'is a directory, not a CSV file',
  EACCES: 'may not be read (permission denied)',
  EPERM: 'may not be read (permission denied)',
  ENOTDIR: 'a part of the path is a file, not a directory',
  ELOOP: 'the symbolic links lead in a circle',
  ERR_ACCESS_DENIED: 'may not be read (Node runs with --permission: allow it by --allow-fs-read)',
};
