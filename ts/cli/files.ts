import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isUserError, UserError } from './errors.ts';

/** The package's own folder and version. */
function ownPackage(): { folder: string; version: string } {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file)) {
      const { name, version } = JSON.parse(readFileSync(file, 'utf8'));
      if (name === 'unrolled') return { folder, version };
    }
    if (folder === dirname(folder)) throw new Error('package.json of unrolled is missing');
  }
}

/** The package's version. */
export const version = (): string => ownPackage().version;

/** The data set that comes with the package: four years of daily weather in Seattle. */
export const shippedFile = (): string =>
  join(ownPackage().folder, 'examples', 'data', 'seattle-weather.csv');

/**
 * Says before the work, not after it, that a file cannot be written.
 *
 * @throws UserError if the folder does not exist or the path is no file
 */
export function checkWritable(option: string, path: string): void {
  const folder = dirname(resolve(path));
  const refuse = (why: string) => new UserError(`${option} ${path}${why}`);
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) throw refuse(' is a folder; a file name is expected');
    if (found && !found.isFile()) throw refuse(' is a pipe or a device; a file name is expected');
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw refuse(`: there is no folder ${dirname(path)}`);
  } catch (error) {
    throw isUserError(error) ? error : refuse(` cannot be written: ${(error as Error).message}`);
  }
}
