import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import promises from 'node:fs/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { dailyCsv, temporaryFolder } from '../support/temporary.ts';
import { unrolled } from './terminal.ts';

const files = temporaryFolder();
const csv = files.write('shop.csv', dailyCsv(120));
const [save, report] = [files.path('m.safetensors'), files.path('m.html')];
const quick = ['forecast', csv, '--target', 'sales', '--epochs', '1', '--units', '2'];
const both = ['--save', save, '--report', report];

afterEach(() => vi.restoreAllMocks());

/** From now on the disk is full for files with such names. */
function fillDisk(names: RegExp) {
  const { open } = promises;
  vi.spyOn(promises, 'open').mockImplementation(async (path, ...more) => {
    const handle = await open(path, ...more);
    if (names.test(String(path))) {
      const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
      vi.spyOn(handle, 'writeFile').mockRejectedValue(full);
    }
    return handle;
  });
}

describe('a file that cannot be written costs the exit code, not the forecast', () => {
  const cases = [
    { names: /m\.safetensors/, lost: { '--save': save }, kept: report },
    { names: /m\.html/, lost: { '--report': report }, kept: save },
    { names: /m\./, lost: { '--save': save, '--report': report } },
  ];
  test.each(cases)('where the disk is full for $names', async ({ names, lost, kept }) => {
    files.write('m.safetensors', 'old');
    files.write('m.html', 'old');
    fillDisk(names);
    const { code, out, err } = await unrolled(...quick, ...both);
    expect(code).toBe(2);
    const lines = Object.entries(lost).map(
      ([option, path]) => `unrolled: ${option} ${path} cannot be written: the disk is full\n`,
    );
    expect(err).toBe(lines.join(''));
    expect(out).toMatch(/Next 7 days of sales/);
    for (const path of Object.values(lost)) {
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(out).not.toContain(path);
    }
    if (kept !== undefined) expect(out).toContain(kept);
    expect(readdirSync(files.folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test('with --json too', async () => {
    fillDisk(/m\.safetensors/);
    const { code, out, err } = await unrolled(...quick, ...both, '--json');
    expect(code).toBe(2);
    expect(err).toMatch(/^unrolled: --save .* the disk is full\n$/);
    const json = JSON.parse(out);
    expect(json.forecast).toHaveLength(7);
    expect(json).toMatchObject({ report });
    expect(json).not.toHaveProperty('saved');
  });
});

describe('a table that cannot be read', () => {
  test.each([
    { path: files.path('none.csv'), says: /none\.csv: no such file$/ },
    { path: files.folder, says: /: is a directory, not a CSV file$/ },
    { path: `${csv}/shop.csv`, says: /: a part of the path is a file, not a directory$/ },
    { path: files.write('empty.csv', ''), says: /empty\.csv is empty$/ },
  ])('$says', async ({ path, says }) => {
    const { code, out, err } = await unrolled('forecast', path, '--target', 'sales');
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trimEnd()).toMatch(says);
  });
});

test('messages name options as the command line does', async () => {
  const says: [argv: string[], words: string][] = [
    [[], `say which column of ${csv} to forecast with --target: sales`],
    [['--target', 'x'], `${csv} has no column x (--target); its columns are date, sales, shop`],
    [['--target', 'sales', '--date', 'x'], 'no column x (--date)'],
    [['--target', 'sales', '--features', 'sales'], '--features sales: the target is an input'],
  ];
  for (const [argv, words] of says) {
    const { code, err } = await unrolled('forecast', csv, ...argv);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(words) });
  }
});

describe.runIf(process.platform !== 'win32')('pipes', () => {
  const pipe = files.path('pipe');
  execFileSync('mkfifo', [pipe]);

  test.each(['--save', '--report'])('%s refuses one before the training', async (option) => {
    const { code, out, err } = await unrolled(...quick, ...both, option, pipe);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe(
      `unrolled: ${option} ${pipe} is a pipe or a device; a file name is expected\n`,
    );
    expect(lstatSync(pipe).isFIFO()).toBe(true);
  });

  test.each([
    { argv: ['forecast', pipe, '--target', 'sales'], says: /pipe is a pipe or a device: write/ },
    { argv: ['predict', pipe, csv], says: /pipe cannot be read: it is a pipe/ },
  ])('$argv does not wait for one', async ({ argv, says }) => {
    const { code, out, err } = await unrolled(...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(says);
  });
});

test('the report is written as carefully as the model', async () => {
  const link = files.path('link.html');
  await promises.symlink('real.html', link);
  await unrolled(...quick, '--no-save', '--report', link);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(existsSync(files.path('real.html'))).toBe(true);
});
