import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { layers, sequential } from '../../ts/index.ts';
import { dailyCsv, temporaryFolder } from '../support/temporary.ts';
import { unrolled } from './terminal.ts';

const files = temporaryFolder();
const csv = dailyCsv(300);
const file = files.write('shop.csv', csv);
const [header, ...rows] = csv.trimEnd().split('\n') as [string, ...string[]];
const newest = (n: number) => [header, ...rows.slice(-n)].join('\n');

/** Trains and saves; gives the path. */
async function train(name: string): Promise<string> {
  const save = files.path(name);
  const quick = ['--horizon', '3', '--window', '14', '--units', '8', '--epochs', '2'];
  const argv = [file, '--target', 'sales', '--features', 'shop', ...quick];
  expect(await unrolled('forecast', ...argv, '--json', '--save', save)).toMatchObject({ code: 0 });
  return save;
}

describe('unrolled predict', () => {
  let model: string;
  beforeAll(async () => {
    model = await train('model.safetensors');
  });

  test('prints the forecast that forecast --json prints', async () => {
    const saved = files.path('printed.safetensors');
    const quick = ['--target', 'sales', '--epochs', '1', '--save', saved, '--json'];
    const trained = await unrolled('forecast', file, ...quick);
    const { code, out, err } = await unrolled('predict', saved, file, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const json = JSON.parse(out);
    const { forecast: expected, interval } = JSON.parse(trained.out);
    expect(json.forecast).toEqual(expected);
    expect(json.interval.level).toBe(interval.level);
    expect(json.model).toMatchObject({ file: saved, kind: 'lstm' });
  });

  test('goes on from the newest row', async () => {
    const newer = files.write('newer.csv', `${csv}2020-10-27,23.1,open\n`);
    const { out } = await unrolled('predict', model, newer);
    expect(out).toMatch(/LSTM of sales, trained on 2020-01-01 to/);
    expect(out).toMatch(/\n {2}2020-10-28 +[\d.]+ +[\d.]+ +[\d.]+\n/);
  });

  test('takes a column of dates of another name', async () => {
    const renamed = files.write('renamed.csv', csv.replace('date', 'when'));
    const { code } = await unrolled('predict', model, renamed, '--date', 'when');
    expect(code).toBe(0);
  });

  const cases: { name: string; content: string; says: RegExp }[] = [
    {
      name: 'the target is missing',
      content: csv.replace('sales', 'price'),
      says: /no column sales, which the model needs; its columns are date, price, shop$/,
    },
    {
      name: 'a feature is missing',
      content: csv.replace('shop', 'store'),
      says: /no column shop, which the model needs/,
    },
    {
      name: 'the dates are missing',
      content: csv.replace('date', 'when'),
      says: /no column date, which the model needs \(--date/,
    },
    {
      name: 'a category is new',
      content: `${csv}2020-10-27,23.1,strike\n`,
      says: /line 302, column shop: 'strike' is none of the model's categories: closed, open$/,
    },
    { name: 'too short', content: newest(20), says: /20 steps are too few: .* the last 21$/ },
    {
      name: 'another step',
      content: [header, ...rows.filter((_, i) => i % 7 === 0)].join('\n'),
      says: /one row a week, but the model was trained on one a day$/,
    },
    {
      name: 'a gap in the newest rows',
      content: [header, ...rows.slice(0, -15), ...rows.slice(-3)].join('\n'),
      says: /the last 14 steps hold a gap too long to fill/,
    },
    {
      name: 'text in the target',
      content: `${csv}2020-10-27,many,open\n`,
      says: /line 302, column sales: a number is expected/,
    },
  ];
  test.each(cases)('refuses a file where $name', async ({ name, content, says }) => {
    const bad = files.write(`${name}.csv`, content);
    await refuses([model, bad], says);
  });

  test('refuses a model that forecast did not save', async () => {
    const other = sequential([layers.dense(1)], { inputShape: [1], thread: 'main' });
    await other.save(files.path('other.safetensors'));
    other.metadata = { task: 'forecast', version: 0 };
    await other.save(files.path('older.safetensors'));
    await other.dispose();
    const cut = readFileSync(model).subarray(0, 2000);
    const bad: [path: string, says: RegExp][] = [
      [files.path('none.safetensors'), /none\.safetensors cannot be read: there is no such file$/],
      [files.folder, /cannot be read: it is a directory; /],
      [file, /shop\.csv is not a model of unrolled: /],
      [files.write('empty.safetensors', ''), /is not a model of unrolled: /],
      [files.write('cut.safetensors', cut), /is not a model of unrolled: /],
      [files.path('other.safetensors'), /not one that `unrolled forecast` saved/],
      [files.path('older.safetensors'), /saved by another version of unrolled/],
    ];
    for (const [path, says] of bad) await refuses([path, file], says);
  });

  async function refuses(argv: string[], says: RegExp) {
    const { code, out, err } = await unrolled('predict', ...argv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^unrolled: .*\n$/);
    expect(err.trimEnd()).toMatch(says);
  }
});
