import type { Stats } from 'node:fs';
import { ADVICE, refuseOthers } from './failure.ts';
import { nodeFiles } from './node.ts';

const DAY = 86_400_000;
const MOST_LINKS = 40;

/** What stands behind the beginning of the name of a temporary file of ours. */
const UNIQUE = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/;

/**
 * Writes a file whole or not at all: to a temporary file beside it, which is then renamed. Follows
 * symbolic links, dangling ones too; keeps mode and, where allowed, owner of the file that was there.
 * Throws the system's errors.
 */
export async function replaceFile(name: string, bytes: Uint8Array): Promise<void> {
  const { fs, path } = nodeFiles();
  const found = await fs.stat(name).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (found) {
    refuseOthers(found);
    await fs.access(name, fs.constants.W_OK);
  } else if (name.endsWith('/') || name.endsWith(path.sep)) {
    throw new Error(`it is the name of a directory; ${ADVICE}`);
  }
  const target = await followLinks(name);
  const directory = path.dirname(target);
  // A name may have 255 bytes, and a character up to four.
  const beginning = `.${path.basename(target).slice(0, 50)}.`;
  await removeOrphans(directory, beginning);
  const temporary = path.join(directory, `${beginning}${crypto.randomUUID()}.tmp`);
  try {
    const handle = await fs.open(temporary, 'wx', found ? 0o600 : 0o666);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (found) await keepAccess(temporary, found);
    await fs.rename(temporary, target);
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}

/** The file that a name leads to; it need not exist, its directory must. */
async function followLinks(name: string): Promise<string> {
  const { fs, path } = nodeFiles();
  for (let links = 0; links <= MOST_LINKS; links++) {
    const directory = await fs.realpath(path.dirname(name));
    const here = path.join(directory, path.basename(name));
    const link = await fs.readlink(here).catch(() => undefined);
    if (link === undefined) return here;
    // Not joined: `..` behind a link to a directory means the parent of what it leads to.
    name = path.isAbsolute(link) ? link : directory + path.sep + link;
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}

/** Owner first: a change of owner may take bits of the mode away. A file system may know neither. */
async function keepAccess(path: string, { uid, gid, mode }: Stats): Promise<void> {
  const { fs } = nodeFiles();
  await fs.chown(path, uid, gid).catch(() => {});
  await fs.chmod(path, mode & 0o777).catch(() => {});
}

/** Removes temporary files that writers of the same file left behind when they were killed. */
async function removeOrphans(directory: string, beginning: string): Promise<void> {
  const { fs, path } = nodeFiles();
  const names = await fs.readdir(directory).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(beginning) || !UNIQUE.test(name.slice(beginning.length))) continue;
    const orphan = path.join(directory, name);
    const stats = await fs.lstat(orphan).catch(() => undefined);
    if (stats?.isFile() && stats.mtimeMs < Date.now() - DAY)
      await fs.unlink(orphan).catch(() => {});
  }
}
