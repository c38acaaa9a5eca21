import type { Stats } from 'node:fs';
import { StorageError, UnrolledError } from '../errors.ts';

/** What the caller wanted to do with a place. */
type Wish = 'read' | 'written' | 'fetched';

/** What to do where a name leads to no file. */
export const ADVICE = 'give the name of a file, or use toBytes and fromBytes';

/** Why, by the code of the system's error. */
const reasons: Record<string, string> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of its path is a file, not a directory',
  ELOOP: 'its symbolic links lead in a circle',
};

function reasonFor(wish: Wish, error: NodeJS.ErrnoException): string {
  const { code = '', path, message } = error;
  if (code === 'ENOENT')
    return wish === 'read' ? 'there is no such file' : `there is no directory ${path}`;
  if (code === 'ERR_ACCESS_DENIED') {
    return wish === 'read'
      ? 'Node runs with --permission: allow it by --allow-fs-read'
      : 'Node runs with --permission: allow its directory by --allow-fs-read and --allow-fs-write';
  }
  return reasons[code] ?? message;
}

/** One sentence for the system's error; errors of ours pass unchanged. */
export function storageError(place: string | URL, wish: Wish, cause: unknown): unknown {
  if (cause instanceof UnrolledError) return cause;
  const reason = reasonFor(wish, cause as NodeJS.ErrnoException);
  return new StorageError(`${place} cannot be ${wish}: ${reason}`, { cause });
}

/** Refuses what is no regular file: to replace it would destroy it, to read it could wait for ever. */
export function refuseOthers(stats: Stats): void {
  if (stats.isFile()) return;
  const kind = stats.isDirectory()
    ? 'a directory'
    : stats.isFIFO()
      ? 'a pipe (FIFO)'
      : stats.isSocket()
        ? 'a socket'
        : 'a device';
  throw new Error(`it is ${kind}; ${ADVICE}`);
}
