import { readFile } from 'node:fs/promises';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './support/chromium.ts';
import { ForecastPage } from './support/forecast-page.ts';
import { type Site, site } from './support/site.ts';
import { type Visit, visit } from './support/visit.ts';

/** More epochs than a test waits for. */
const ENDLESS = 1000;

let browser: Browser;
let example: Site;

beforeAll(async () => {
  [browser, example] = await Promise.all([launch(), site('examples/browser-forecast')]);
});

afterAll(async () => {
  await browser?.close();
  await example?.close();
});

/** Gives `use` a fresh visit, and checks afterwards that nothing went wrong inside the page. */
async function withPage(
  use: (forecast: ForecastPage, visited: Visit) => Promise<void>,
  options?: BrowserContextOptions,
): Promise<void> {
  const visited = await visit(browser, example.origin, options);
  try {
    await use(new ForecastPage(visited.page), visited);
    expect(visited.errors).toEqual([]);
  } finally {
    await visited.page.context().close();
  }
}

describe('the forecast page', () => {
  it.for(['SimpleRNN 20 → 20', 'LSTM 20 → 20', 'GRU 20 → 20'])('%s: the loss falls', (network) =>
    withPage(async (forecast) => {
      await forecast.train({ network, epochs: 4 });
      await forecast.reachesEpoch(1);
      const first = await forecast.validationLoss();
      await forecast.reaches('finished');
      expect(await forecast.epoch()).toBe(4);
      expect(await forecast.validationLoss()).toBeLessThan(first);
    }),
  );

  it('learns to forecast ten times better than the naive forecast', () =>
    withPage(async (forecast) => {
      await forecast.train({ epochs: 20 });
      await forecast.reaches('finished');
      expect(await forecast.validationLoss()).toBeLessThan(0.025);
    }));

  it('shows the same forecasts for the same settings', () =>
    withPage(async (forecast) => {
      const runs: unknown[] = [];
      for (let run = 0; run < 2; run++) {
        await forecast.train({ epochs: 2 });
        await forecast.reaches('finished');
        runs.push([await forecast.validationLoss(), await forecast.forecasts()]);
      }
      expect(runs[1]).toEqual(runs[0]);
    }));

  it('stops when asked and can start again', () =>
    withPage(async (forecast, { page }) => {
      await forecast.train({ epochs: ENDLESS });
      await forecast.reachesEpoch(2);
      await forecast.stop.click();
      await forecast.reaches('stopped');
      const stopped = await forecast.epoch();
      expect(stopped).toBeLessThan(ENDLESS);
      await page.waitForTimeout(500);
      expect(await forecast.epoch()).toBe(stopped);
      await forecast.train({ epochs: 1 });
      await forecast.reaches('finished');
      expect(await forecast.epoch()).toBe(1);
    }));

  it('does nothing while it is paused and goes on when resumed', () =>
    withPage(async (forecast, { page }) => {
      await forecast.train({ epochs: ENDLESS });
      await forecast.reachesEpoch(2);
      await forecast.pause.click();
      await forecast.reaches('paused');
      // A batch that was under way may still end; nothing more than that.
      await page.waitForTimeout(300);
      const before = [await forecast.epoch(), await progress(page), await forecast.pictures()];
      await page.waitForTimeout(1000);
      expect([await forecast.epoch(), await progress(page), await forecast.pictures()]).toEqual(
        before,
      );
      await forecast.resume.click();
      await forecast.reaches('running');
      await forecast.reachesEpoch(Number(before[0]) + 2);
    }));

  it('stops out of a pause', () =>
    withPage(async (forecast) => {
      await forecast.train({ epochs: ENDLESS });
      await forecast.reachesEpoch(1);
      await forecast.pause.click();
      await forecast.stop.click();
      await forecast.reaches('stopped');
    }));

  it('draws the forecasts anew each epoch', () =>
    withPage(async (forecast) => {
      const untrained = await forecast.forecasts();
      expect(untrained).toHaveLength(4);
      expect(untrained.join()).toMatch(/no forecast yet/);
      await forecast.train({ epochs: ENDLESS });
      const seen = new Set<string>();
      for (let epoch = 1; epoch <= 3; epoch++) {
        await forecast.reachesEpoch((await forecast.epoch()) + 1);
        seen.add(await forecast.pictures());
      }
      expect(seen.size).toBe(3);
      expect((await forecast.forecasts()).join()).toMatch(/mean squared error of the forecast/);
    }));

  it('draws frames while it trains: fewer than 5 % take longer than 50 ms', () =>
    withPage(async (forecast) => {
      await forecast.train({ epochs: ENDLESS });
      await forecast.reachesEpoch(1);
      // The median of five windows: another program may hold up the frames of one or two.
      const shares: number[] = [];
      for (let window = 0; window < 5; window++) {
        const first = await forecast.epoch();
        const lengths = await forecast.frames(2500);
        expect(await forecast.epoch()).toBeGreaterThan(first);
        shares.push(lengths.filter((length) => length > 50).length / lengths.length);
      }
      const median = shares.toSorted((a, b) => a - b)[2];
      expect(median, `shares of long frames: ${shares.join(', ')}`).toBeLessThan(0.05);
      expect(await forecast.state()).toBe('running');
      expect(await forecast.speed()).toBeGreaterThan(0);
    }));

  it('gives the trained model as a safetensors file', () =>
    withPage(async (forecast, { page }) => {
      await expect(forecast.download.isDisabled()).resolves.toBe(true);
      await forecast.train({ epochs: 1 });
      await forecast.reaches('finished');
      const [file] = await Promise.all([page.waitForEvent('download'), forecast.download.click()]);
      expect(file.suggestedFilename()).toBe('simpleRNN.safetensors');
      const bytes = await readFile(await file.path());
      const header = JSON.parse(bytes.toString('utf8', 8, 8 + Number(bytes.readBigUInt64LE(0))));
      expect(Object.keys(header)).toContain('simple_rnn/recurrent_kernel');
    }));

  it('asks for nothing outside its own origin', () =>
    withPage(async (forecast, { requests }) => {
      await forecast.train({ epochs: 1 });
      await forecast.reaches('finished');
      expect(requests.length).toBeGreaterThan(0);
      expect(requests.filter((address) => new URL(address).origin !== example.origin)).toEqual([]);
    }));

  it.for([
    { width: 320, height: 640 },
    { width: 390, height: 844 },
    { width: 768, height: 1024 },
    { width: 1440, height: 900 },
  ])('fits into $width pixels', (viewport) =>
    withPage(
      async (forecast, { page }) => {
        await forecast.train({ epochs: 1 });
        await forecast.reaches('finished');
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(
          viewport.width,
        );
        const width = await page.locator('#loss canvas').evaluate((canvas) => canvas.clientWidth);
        expect(width).toBeGreaterThan(200);
      },
      { viewport },
    ),
  );

  it('changes its colours with the system', () =>
    withPage(
      async (_, { page }) => {
        const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const canvases = page.locator('canvas');
        const chart = (index: number) =>
          canvases.nth(index).evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
        const charts = Array.from({ length: await canvases.count() }, (_, index) => index);
        const light = { ground: await ground(), charts: await Promise.all(charts.map(chart)) };
        await page.emulateMedia({ colorScheme: 'dark' });
        expect(await ground()).not.toBe(light.ground);
        for (const index of charts) {
          await expect.poll(() => chart(index)).not.toBe(light.charts[index]);
        }
      },
      { colorScheme: 'light' },
    ));

  it('refuses a number of epochs that makes no sense', () =>
    withPage(async (forecast, { page }) => {
      for (const epochs of [0, 1001, 2.5]) {
        await forecast.train({ epochs });
        expect(
          await page.locator('#epochs').evaluate((input: HTMLInputElement) => input.validity.valid),
        ).toBe(false);
        expect(await forecast.state()).toBe('idle');
      }
    }));
});

function progress(page: Visit['page']): Promise<number> {
  return page.locator('progress').evaluate((bar: HTMLProgressElement) => bar.value);
}
