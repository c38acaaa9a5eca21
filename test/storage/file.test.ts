import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import promises from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isStorageError, load, storage } from '../../ts/index.ts';
import { temporaryFolder } from '../support/temporary.ts';

const files = temporaryFolder();
const bytes = new TextEncoder().encode('new');
const unix = process.platform !== 'win32';
let folders = 0;

/** An empty folder. */
function folder(): string {
  const path = files.path(`folder ${folders++}`);
  fs.mkdirSync(path);
  return path;
}

const text = (path: string) => fs.readFileSync(path, 'utf8');
const write = (path: string | URL) => storage.file(path).write(bytes);

/** The message of the StorageError with which it fails. */
async function failure(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.then(
    () => new Error('nothing failed'),
    (reason: unknown) => reason,
  );
  if (!isStorageError(error)) throw error;
  return error.message;
}

afterEach(() => vi.restoreAllMocks());

test('a file is written by path and by URL, and read again', async () => {
  const path = join(folder(), 'a model');
  await write(path);
  expect(text(path)).toBe('new');
  expect(await storage.file(pathToFileURL(path)).read()).toEqual(bytes);
  await write(pathToFileURL(path));
  expect(fs.readdirSync(dirname(path))).toEqual(['a model']);
});

test('a name of 255 bytes can be written', async () => {
  const path = join(folder(), '€'.repeat(85));
  await write(path);
  expect(text(path)).toBe('new');
});

describe.runIf(unix)('links', () => {
  const cases: { name: string; links: Record<string, string>; old?: string; target: string }[] = [
    { name: 'to a file', links: { m: 'real' }, old: 'real', target: 'real' },
    { name: 'to a link to a file', links: { m: 'n', n: 'real' }, old: 'real', target: 'real' },
    { name: 'to nothing', links: { m: 'real' }, target: 'real' },
    { name: 'to nothing, through a link', links: { m: 'n', n: 'real' }, target: 'real' },
    { name: 'to another folder', links: { m: 'deep/er/real' }, target: 'deep/er/real' },
    // The parent of what `way` leads to, not of `way`.
    {
      name: 'back from a linked folder',
      links: { way: 'deep/er', m: 'way/../real' },
      target: 'deep/real',
    },
    {
      name: 'in a linked folder',
      links: { way: 'deep/er', 'way/m': '../real' },
      target: 'deep/real',
    },
  ];
  test.each(cases)('$name are followed and stay', async ({ links, old, target }) => {
    const base = folder();
    fs.mkdirSync(join(base, 'deep/er'), { recursive: true });
    for (const [link, to] of Object.entries(links)) fs.symlinkSync(to, join(base, link));
    if (old !== undefined) fs.writeFileSync(join(base, old), 'old');
    const name = Object.keys(links).find((link) => link.endsWith('m')) as string;
    await write(join(base, name));
    expect(text(join(base, target))).toBe('new');
    for (const [link, to] of Object.entries(links)) {
      expect(fs.readlinkSync(join(base, link))).toBe(to);
    }
    expect(text(join(base, name))).toBe('new');
  });

  test.each([{ m: 'm' }, { m: 'n', n: 'm' }])('in a circle are an error: %o', async (links) => {
    const base = folder();
    for (const [link, to] of Object.entries(links)) fs.symlinkSync(to, join(base, link));
    expect(await failure(write(join(base, 'm')))).toMatch(/m cannot be written: .* in a circle$/);
    expect(await failure(storage.file(join(base, 'm')).read())).toMatch(/in a circle$/);
    expect(fs.readdirSync(base)).toEqual(Object.keys(links));
  });
});

describe.runIf(unix)('a file that was there', () => {
  test.each([0o600, 0o640, 0o666, 0o755])('keeps its mode %o', async (mode) => {
    const path = join(folder(), 'm');
    fs.writeFileSync(path, 'old');
    fs.chmodSync(path, mode);
    await write(path);
    expect(text(path)).toBe('new');
    expect(fs.statSync(path).mode & 0o777).toBe(mode);
  });

  test.runIf(process.getuid?.() === 0)('keeps its owner', async () => {
    const path = join(folder(), 'm');
    fs.writeFileSync(path, 'old');
    fs.chownSync(path, 12_345, 23_456);
    await write(path);
    expect(fs.statSync(path)).toMatchObject({ uid: 12_345, gid: 23_456 });
  });

  test('is never open to more people while it is written', async () => {
    const path = join(folder(), 'm');
    fs.writeFileSync(path, 'old');
    fs.chmodSync(path, 0o600);
    const open = vi.spyOn(promises, 'open');
    await write(path);
    expect(open.mock.calls.map(([, , mode]) => mode)).toEqual([0o600]);
  });
});

describe.runIf(unix)('what is no file is refused and left alone', () => {
  const cases: { name: string; says: RegExp; make: (path: string) => unknown }[] = [
    {
      name: 'a directory',
      says: /it is a directory; give the name of a file/,
      make: (path) => fs.mkdirSync(path),
    },
    {
      name: 'a pipe',
      says: /it is a pipe \(FIFO\)/,
      make: (path) => execFileSync('mkfifo', [path]),
    },
    {
      name: 'a socket',
      says: /it is a socket/,
      make: (path) =>
        new Promise<void>((resolve) => {
          const server = createServer().listen(path, resolve);
          server.unref();
        }),
    },
    { name: 'a device', says: /it is a device/, make: (path) => fs.symlinkSync('/dev/null', path) },
  ];
  test.each(cases)('$name', async ({ says, make }) => {
    const base = folder();
    const path = join(base, 'm');
    await make(path);
    const before = fs.lstatSync(path);
    expect(await failure(write(path))).toMatch(says);
    expect(await failure(load(path))).toMatch(says);
    expect(fs.lstatSync(path)).toMatchObject({ ino: before.ino, mode: before.mode });
    expect(fs.readdirSync(base)).toEqual(['m']);
  });
});

describe('what the system refuses is told in a sentence that names the file', () => {
  test('a missing directory', async () => {
    const path = join(folder(), 'none', 'm');
    expect(await failure(write(path))).toBe(
      `${path} cannot be written: there is no directory ${dirname(path)}`,
    );
  });

  test('a name that ends as a directory', async () => {
    const base = folder();
    expect(await failure(write(`${base}/m/`))).toMatch(/the name of a directory/);
    expect(fs.readdirSync(base)).toEqual([]);
  });

  test('a path through a file', async () => {
    const path = join(folder(), 'm');
    fs.writeFileSync(path, 'old');
    expect(await failure(write(join(path, 'n')))).toMatch(
      /n cannot be written: a part of its path/,
    );
    expect(text(path)).toBe('old');
  });

  test('a missing file', async () => {
    const path = join(folder(), 'm');
    const loading = load(path);
    await expect(loading).rejects.toMatchObject({ cause: { code: 'ENOENT' } });
    expect(await failure(loading)).toBe(`${path} cannot be read: there is no such file`);
  });

  const faults: {
    code: string;
    where: 'access' | 'open' | 'writeFile' | 'rename';
    says: RegExp;
  }[] = [
    { code: 'EACCES', where: 'open', says: /permission is denied$/ },
    { code: 'EACCES', where: 'access', says: /permission is denied$/ },
    { code: 'EROFS', where: 'open', says: /the file system is read-only$/ },
    { code: 'ENOSPC', where: 'writeFile', says: /the disk is full$/ },
    { code: 'EDQUOT', where: 'writeFile', says: /the disk quota is used up$/ },
    { code: 'EPERM', where: 'rename', says: /permission is denied$/ },
    { code: 'EIO', where: 'rename', says: /EIO: as the system says it$/ },
  ];
  test.each(faults)('$code in $where', async ({ code, where, says }) => {
    const path = join(folder(), 'm');
    fs.writeFileSync(path, 'old');
    const cause = Object.assign(new Error(`${code}: as the system says it`), { code });
    if (where === 'writeFile') {
      const { open } = promises;
      vi.spyOn(promises, 'open').mockImplementation(async (...given) => {
        const handle = await open(...given);
        vi.spyOn(handle, 'writeFile').mockRejectedValue(cause);
        return handle;
      });
    } else vi.spyOn(promises, where).mockRejectedValue(cause);
    const writing = write(path);
    await expect(writing).rejects.toMatchObject({ cause });
    expect(await failure(writing)).toMatch(says);
    expect(text(path)).toBe('old');
    expect(fs.readdirSync(dirname(path))).toEqual(['m']);
  });

  test.runIf(unix && process.getuid?.() !== 0)('a file that may not be written', async () => {
    const path = join(folder(), 'm');
    fs.writeFileSync(path, 'old');
    fs.chmodSync(path, 0o444);
    expect(await failure(write(path))).toMatch(/permission is denied$/);
    expect(text(path)).toBe('old');
  });

  test.each(['read', 'written'] as const)('a permission of Node to be %s', async (wish) => {
    const cause = Object.assign(new Error('restricted'), { code: 'ERR_ACCESS_DENIED' });
    vi.spyOn(promises, 'stat').mockRejectedValue(cause);
    const { read } = storage.file('m');
    const message = await failure(wish === 'read' ? read() : write('m'));
    expect(message).toMatch(`m cannot be ${wish}: Node runs with --permission: allow`);
  });
});

test('temporary files of earlier crashes are removed, and nothing else', async () => {
  const base = folder();
  const id = '01234567-89ab-4cde-8f01-23456789abcd';
  const gone = [`.m.${id}.tmp`];
  const kept = [
    `.n.${id}.tmp`,
    `.m.x.${id}.tmp`,
    `.m.${id}.tmp.bak`,
    `.m.${id.toUpperCase()}.tmp`,
    `.m.${id.slice(1)}.tmp`,
    `m.${id}.tmp`,
    '.m.tmp',
    'm.old',
  ];
  const young = `.m.${id.replace('0', 'f')}.tmp`;
  const directory = `.m.${id.replace('0', 'e')}.tmp`;
  const old = new Date(Date.now() - 25 * 3_600_000);
  for (const name of [...gone, ...kept, young]) fs.writeFileSync(join(base, name), 'left');
  fs.mkdirSync(join(base, directory));
  for (const name of [...gone, ...kept, directory]) fs.utimesSync(join(base, name), old, old);
  await write(join(base, 'm'));
  expect(fs.readdirSync(base).toSorted()).toEqual([...kept, young, directory, 'm'].toSorted());
});

test('temporary files that cannot be removed are no error', async () => {
  const path = join(folder(), 'm');
  vi.spyOn(promises, 'readdir').mockRejectedValue(new Error('no'));
  await write(path);
  expect(text(path)).toBe('new');
});
