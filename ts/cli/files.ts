import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from './errors.ts';

/** The data set that comes with the package: four years of daily weather in Seattle. */
export function shippedFile(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const file = join(folder, 'examples', 'data', 'seattle-weather.csv');
    if (existsSync(file) && isOurs(join(folder, 'package.json'))) return file;
    if (folder === dirname(folder))
      throw new Error('seattle-weather.csv is missing from the package');
  }
}

function isOurs(packageJson: string): boolean {
  return (
    existsSync(packageJson) && JSON.parse(readFileSync(packageJson, 'utf8')).name === 'unrolled'
  );
}

/**
 * Says before the work, not after it, that a file cannot be written.
 *
 * @throws UserError if the folder does not exist or the path is a folder
 */
export function checkWritable(option: string, path: string): void {
  const folder = dirname(resolve(path));
  const isFolder = (name: string) =>
    statSync(name, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder(folder))
    throw new UserError(`${option} ${path}: there is no folder ${dirname(path)}`);
  if (isFolder(path)) throw new UserError(`${option} ${path} is a folder; a file name is expected`);
}
