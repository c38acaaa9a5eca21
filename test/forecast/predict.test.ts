import { describe, expect, test } from 'vitest';
import {
  forecast,
  type ForecastOptions,
  predict,
  readRecipe,
  requestOf,
} from '../../ts/forecast/index.ts';
import { fromBytes } from '../../ts/index.ts';
import { readSeries, type SeriesRequest } from '../../ts/table/index.ts';
import { dailyCsv } from '../support/temporary.ts';

const csv = dailyCsv(300);
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

const quick = { horizon: 3, window: 14, units: 8, epochs: 2 };

interface Case {
  name: string;
  table?: string;
  request?: SeriesRequest;
  options?: ForecastOptions;
}

/** Trains; gives what was forecast, and the model out of the bytes it was saved as. */
async function train({ table = csv, request = {}, options = {} }: Omit<Case, 'name'>) {
  const series = await readSeries(table, { target: 'sales', ...request });
  const { model, forecast: rows } = await forecast(series, { ...quick, ...options });
  const bytes = await model.toBytes();
  await model.dispose();
  return { rows, model: await fromBytes(bytes, { thread: 'main' }) };
}

describe('predict gives the very numbers that forecast gave', () => {
  const cases: Case[] = [
    { name: 'a season' },
    { name: 'features', request: { features: ['shop'] }, options: { model: 'gru' } },
    { name: 'no season', table: walk(), request: { target: 'price' } },
    { name: 'months', table: wave(12, (i) => Date.UTC(2000, i, 1)), request: { target: 'price' } },
    {
      name: 'quarters of an hour',
      table: wave(96, (i) => Date.UTC(2000, 0, 1) + i * 900_000),
      request: { target: 'price' },
    },
    { name: 'the linear model', options: { model: 'linear' } },
  ];
  test.each(cases)('$name', async ({ table = csv, ...more }) => {
    const { rows, model } = await train({ table, ...more });
    const series = await readSeries(table, requestOf(readRecipe(model)));
    expect(await predict(model, series)).toEqual(rows);
    await model.dispose();
  });

  test('from the rows that the model reads alone', async () => {
    const { rows, model } = await train({ request: { features: ['shop'] } });
    const recipe = readRecipe(model);
    expect([recipe.window, recipe.lag]).toEqual([14, 7]);
    const series = await readSeries(newest(21), requestOf(recipe));
    expect(await predict(model, series)).toEqual(rows);
    await model.dispose();
  });
});

test('predict refuses a series that was read for another model', async () => {
  const { model } = await train({ request: { features: ['shop'] } });
  const weeks = [header, ...rows.filter((_, i) => i % 7 === 0)].join('\n');
  const others: [table: string, request: SeriesRequest][] = [
    [csv, { target: 'sales' }],
    [csv.replace('sales', 'price'), { target: 'price', features: ['shop'] }],
    [
      weeks.replaceAll('closed', 'open').replace('open', 'closed'),
      { target: 'sales', features: ['shop'] },
    ],
  ];
  for (const [table, request] of others) {
    await expect(predict(model, await readSeries(table, request))).rejects.toMatchObject({
      name: 'ForecastError',
      message: expect.stringMatching(
        /^the model reads sales, shop=closed, shop=open, one row a day; /,
      ),
    });
  }
  await model.dispose();
});
