/** Locks between processes, so that two commands at once do not build into the same files. */
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cache } from './paths.mjs';

const folder = join(cache, 'locks');
/** No step takes this long: an older lock was left behind, and its number may be another process's. */
const oldest = 60 * 60 * 1000;

/** Takes the lock, or says which living process holds it. @returns {number | null} */
function holder(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return null;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // Empty: just made, its number not yet written.
    if (pid > 0) process.kill(pid, 0);
    if (Date.now() - statSync(file).mtimeMs < oldest) return pid;
  } catch (error) {
    // ESRCH: the process is gone; ENOENT: the lock is.
    if (error.code !== 'ESRCH' && error.code !== 'ENOENT') throw error;
  }
  rmSync(file, { force: true });
  return holder(file);
}

/** Does `work` while no other process does work under this name. */
export async function locked(name, work) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  let waiting = false;
  for (let pid = holder(file); pid !== null; pid = holder(file)) {
    if (!waiting) process.stderr.write(`• waiting for process ${pid}, which does the same\n`);
    waiting = true;
    await sleep(200);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    await work();
  } finally {
    process.off('exit', release);
    release();
  }
}
