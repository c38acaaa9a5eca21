/** The tarball that npm would publish, of what is built in dist/. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from './paths.mjs';
import { run } from './shell.mjs';

/** @returns {Promise<string>} its full name */
export async function pack() {
  const folder = join(cache, 'pack');
  mkdirSync(folder, { recursive: true });
  const flags = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder];
  return join(folder, (await run('npm', flags)).trim());
}
