import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { forecast } from '../../ts/cli/forecast/forecast.ts';
import { DEFAULTS, type ForecastOptions } from '../../ts/cli/forecast/options.ts';
import { predict } from '../../ts/cli/predict/predict.ts';
import { layers, sequential } from '../../ts/index.ts';
import { dailyCsv, temporaryFolder } from './temporary.ts';
import { unrolled } from './terminal.ts';

const files = temporaryFolder();
const csv = dailyCsv(300);
const file = files.write('shop.csv', csv);
const [header, ...rows] = csv.trimEnd().split('\n') as [string, ...string[]];
const newest = (n: number) => [header, ...rows.slice(-n)].join('\n');

/** No season: a random walk, once a working day. */
function walk(): string {
  let value = 100;
  const lines: string[] = [];
  for (let i = 0; lines.length < 260; i++) {
    const date = new Date(Date.UTC(2021, 0, 4 + i));
    if ([0, 6].includes(date.getUTCDay())) continue;
    value += Math.sin(i * i);
    lines.push(`${date.toISOString().slice(0, 10)},${value.toFixed(3)}`);
  }
  return ['date,price', ...lines].join('\n');
}

/** A wave of `period` rows at these dates. */
const wave = (period: number, dates: (i: number) => number) =>
  [
    'date,price',
    ...Array.from({ length: 260 }, (_, i) => {
      const value = Math.sin((2 * Math.PI * i) / period) + Math.sin(i * i) / 10;
      return `${new Date(dates(i)).toISOString()},${value.toFixed(4)}`;
    }),
  ].join('\n');

function options(change: Partial<ForecastOptions>): ForecastOptions {
  return {
    ...DEFAULTS,
    file,
    target: 'sales',
    horizon: 3,
    features: [],
    model: 'lstm',
    window: 14,
    units: 8,
    epochs: 2,
    seed: 42,
    level: 0.8,
    ...change,
  };
}

/** Trains, saves, and gives what was forecast. */
async function train(model: string, change: Partial<ForecastOptions> = {}) {
  const save = files.path(model);
  const hooks = { signal: new AbortController().signal, onEpoch() {}, save };
  const result = await forecast(options(change), hooks);
  return { save, result };
}

describe('predict gives the very numbers that forecast gave', () => {
  const monthly = files.write(
    'monthly.csv',
    wave(12, (i) => Date.UTC(2000, i, 1)),
  );
  const often = files.write(
    'often.csv',
    wave(96, (i) => Date.UTC(2000, 0, 1) + i * 900_000),
  );
  const walking = files.write('walk.csv', walk());
  test.each([
    { name: 'a season', change: {} },
    { name: 'features', change: { features: ['shop'], model: 'gru' } },
    { name: 'no season', change: { file: walking, target: 'price' } },
    { name: 'months', change: { file: monthly, target: 'price' } },
    { name: 'quarters of an hour', change: { file: often, target: 'price' } },
    { name: 'the linear model', change: { model: 'linear' } },
  ] satisfies { name: string; change: Partial<ForecastOptions> }[])(
    '$name',
    async ({ name, change }) => {
      const { save, result } = await train(`${name}.safetensors`, change);
      const again = await predict({ model: save, file: result.options.file });
      expect(again.forecast).toEqual(result.forecast);
    },
  );

  test('from the rows that the model reads alone', async () => {
    const { save, result } = await train('short.safetensors', { features: ['shop'] });
    const { recipe, forecast } = await predict({
      model: save,
      file: files.write('newest.csv', newest(21)),
    });
    expect([recipe.window, recipe.lag]).toEqual([14, 7]);
    expect(forecast).toEqual(result.forecast);
  });
});

describe('unrolled predict', () => {
  let model: string;
  beforeAll(async () => {
    ({ save: model } = await train('model.safetensors', { features: ['shop'] }));
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
