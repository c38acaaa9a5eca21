import type { Browser } from 'playwright-core';
import * as unrolled from 'unrolled';
import * as forecasting from 'unrolled/forecast';
import * as tables from 'unrolled/table';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './support/chromium.ts';
import { forecastOf } from './support/forecastOf.ts';
import { type Site, site } from './support/site.ts';
import { visit } from './support/visit.ts';

let browser: Browser;
let served: Site;

beforeAll(async () => {
  [browser, served] = await Promise.all([launch(), site('test/browser/pages/forecast')]);
});

afterAll(async () => {
  await browser?.close();
  await served?.close();
});

/** Years: they have no calendar cycle, so no sine of the platform's own is among the inputs. */
const csv = [
  'year,rain,place',
  ...Array.from({ length: 120 }, (_, i) => {
    const rain = 500 + i + ((i * 37) % 11) * 9;
    return `${1900 + i},${rain},${i % 3 === 0 ? '"Köln, Süd"' : 'Aachen'}`;
  }),
].join('\r\n');

async function open() {
  const visited = await visit(browser, served.origin);
  await visited.page.waitForSelector('body[data-ready]', { state: 'attached' });
  return visited;
}

describe('unrolled/forecast and unrolled/table in Chromium', () => {
  it('forecast from CSV text in a worker, with the same bits as in Node', async () => {
    const { page, errors, requests } = await open();
    const [worker, there] = await Promise.all([
      page.waitForEvent('worker'),
      page.evaluate((text) => forecastHere(text), csv),
    ]);
    expect(worker.url()).toMatch(/^blob:/);
    expect(there.forecast.map(({ date }) => date)).toEqual(['2020', '2021', '2022']);
    expect(there.again).toEqual(there.forecast);
    expect(there).toEqual(await forecastOf({ unrolled, forecasting, tables }, csv));
    expect(errors).toEqual([]);
    expect(requests.filter((address) => new URL(address).origin !== served.origin)).toEqual([]);
    await page.context().close();
  });

  it('say in one line what is wrong with a table', async () => {
    const { page } = await open();
    const told = (text: string) => page.evaluate((table) => refusal(table), text);
    expect(await told('')).toBe('rain.csv is empty');
    expect(await told(csv.replace('1904,', '1904,"'))).toMatch(/^rain\.csv is not well-formed CSV/);
    expect(await told(csv.replace('537', 'much'))).toMatch(/line 3, column rain: a number/);
    await page.context().close();
  });
});
