/** Stamps: a step is skipped when the content it was made from has not changed. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cache, root } from './paths.mjs';

const ignored = new Set(['node_modules', 'pkg', 'target', 'dist', 'generated', '.cache', '.git']);

function* filesUnder(path) {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (ignored.has(entry.name)) continue;
    const full = join(path, entry.name);
    if (entry.isDirectory()) yield* filesUnder(full);
    else if (entry.isFile()) yield full;
  }
}

/**
 * One hash over files and folders (generated folders left out).
 * @param {string[]} inputs paths from the root of the project; a missing one counts as absent
 * @param {unknown[]} [extra] anything else the step depends on
 */
export function contentHash(inputs, extra = []) {
  const hash = createHash('sha256').update(JSON.stringify(extra));
  for (const input of inputs) {
    const full = join(root, input);
    hash.update(`\0${input}\0`);
    if (!existsSync(full)) continue;
    let files = [full];
    try {
      files = [...filesUnder(full)].sort();
    } catch (error) {
      if (error.code !== 'ENOTDIR') throw error;
    }
    for (const file of files)
      hash.update(`\0${file.slice(root.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

const stampFile = (name) => join(cache, 'stamps', name);

/** Whether `name` was last made from `hash` and everything it made is still there. */
export function isFresh(name, hash, outputs = []) {
  const file = stampFile(name);
  return (
    existsSync(file) &&
    readFileSync(file, 'utf8') === hash &&
    outputs.every((output) => existsSync(output))
  );
}

export function setStamp(name, hash) {
  mkdirSync(join(cache, 'stamps'), { recursive: true });
  writeFileSync(stampFile(name), hash);
}

export function clearStamp(name) {
  rmSync(stampFile(name), { force: true });
}
