import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import * as library from 'unrolled';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './support/chromium.ts';
import { CELLS, fingerprint } from './support/fingerprint.ts';
import { type Site, site } from './support/site.ts';
import { type Visit, visit } from './support/visit.ts';

let browser: Browser;
let inlined: Site;
let external: Site;

beforeAll(async () => {
  [browser, inlined, external] = await Promise.all([
    launch(),
    site('test/browser/pages/library'),
    site('test/browser/pages/external'),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([inlined?.close(), external?.close()]);
});

/** Gives `use` a page with the library, and checks afterwards that it asked only its own origin. */
async function withLibrary(
  use: (page: Visit['page'], visited: Visit) => Promise<void>,
  from: Site = inlined,
): Promise<void> {
  const visited = await visit(browser, from.origin);
  try {
    await visited.page.waitForSelector('body[data-ready]', { state: 'attached' });
    await use(visited.page, visited);
    expect(visited.requests.map((address) => new URL(address).origin)).toEqual(
      visited.requests.map(() => from.origin),
    );
  } finally {
    await visited.page.context().close();
  }
}

describe('the library in Chromium', () => {
  it.for(CELLS)('%s: the same seed and data give the same bits as in Node', (cell) =>
    withLibrary(async (page) => {
      const here = await fingerprint(library, cell);
      expect(await page.evaluate((name) => fingerprintHere(name), cell)).toBe(here);
    }),
  );

  it.for(CELLS)('%s: the page thread gives the same bits as a worker', (cell) =>
    withLibrary(async (page) => {
      const [worker, main] = await page.evaluate(
        async (name) => [
          await fingerprintHere(name, 'worker'),
          await fingerprintHere(name, 'main'),
        ],
        cell,
      );
      expect(main).toBe(worker);
    }),
  );

  it('works with the wasm file and the worker file outside the bundle', () =>
    withLibrary(async (page, { requests, errors }) => {
      const here = await fingerprint(library, 'gru');
      expect(await page.evaluate(() => fingerprintHere('gru'))).toBe(here);
      const files = requests.map((address) => new URL(address).pathname);
      expect(files.filter((file) => file.endsWith('.wasm'))).toHaveLength(1);
      expect(files.filter((file) => /worker.*\.js$/.test(file))).toHaveLength(1);
      expect(errors).toEqual([]);
    }, external));

  it('saves to IndexedDB and loads after the page is reloaded', () =>
    withLibrary(async (page) => {
      const before = await page.evaluate(async () => {
        const { layers, sequential } = unrolled;
        const model = sequential([layers.gru(3), layers.dense(1)], { inputShape: [null, 1] });
        model.compile({ loss: 'mse', optimizer: 'adam' });
        await model.fit([[1, 2, 3]], [4], { epochs: 2 });
        await model.save('indexeddb://kept');
        return Array.from((await model.predict([[1, 2, 3]])).data);
      });
      await page.reload();
      await page.waitForSelector('body[data-ready]', { state: 'attached' });
      const after = await page.evaluate(async () => {
        const model = await unrolled.load('indexeddb://kept');
        return Array.from((await model.predict([[1, 2, 3]])).data);
      });
      expect(after).toEqual(before);
    }));

  it('goes on from IndexedDB with the same bits as a run that was not interrupted', () =>
    withLibrary(async (page) => {
      const [whole, resumed] = await page.evaluate(async () => {
        const { layers, load, sequential } = unrolled;
        const x = Array.from({ length: 40 }, (_, i) => [Math.sin(i), Math.sin(i + 1)]);
        const y = Array.from({ length: 40 }, (_, i) => Math.sin(i + 2));
        const build = () =>
          sequential([layers.lstm(4, { dropout: 0.3 }), layers.dense(1)], {
            inputShape: [null, 1],
            seed: 3,
          }).compile({ loss: 'mse', optimizer: 'adam' });
        const weights = async (model: Pick<ReturnType<typeof build>, 'getWeights'>) =>
          (await model.getWeights()).map(({ data }) => Array.from(data));
        const straight = build();
        await straight.fit(x, y, { epochs: 4 });
        const first = build();
        await first.fit(x, y, { epochs: 2 });
        await first.save('indexeddb://half');
        await first.dispose();
        const second = await load('indexeddb://half');
        await second.fit(x, y, { epochs: 4, resume: true });
        return [await weights(straight), await weights(second)];
      });
      expect(resumed).toEqual(whole);
    }));

  it('says so when IndexedDB has no such model', () =>
    withLibrary(async (page) => {
      const message = await page.evaluate(() =>
        unrolled.load('indexeddb://nothing').then(
          () => 'loaded',
          (error: unknown) => (unrolled.isStorageError(error) ? error.message : 'another error'),
        ),
      );
      expect(message).toMatch(/"nothing"/);
    }));

  it('downloads a model that Node loads', () =>
    withLibrary(async (page) => {
      const [file, there] = await Promise.all([
        page.waitForEvent('download'),
        page.evaluate(async () => {
          const { layers, sequential, storage } = unrolled;
          const model = sequential([layers.lstm(3), layers.dense(2)], { inputShape: [null, 1] });
          await model.save(storage.download('lstm.safetensors'));
          return Array.from((await model.predict([[1, 2, 3]])).data);
        }),
      ]);
      expect(file.suggestedFilename()).toBe('lstm.safetensors');
      const model = await library.fromBytes(await readFile(await file.path()));
      try {
        expect(Array.from((await model.predict([[1, 2, 3]])).data)).toEqual(there);
      } finally {
        await model.dispose();
      }
    }));
});

describe('a worker in Chromium that dies', () => {
  it('rejects what is pending when it throws; the next model works', () =>
    withLibrary(async (page) => {
      const outcome = page.evaluate(() => trainEndlessly());
      await page.waitForFunction(() => trained() > 3);
      await page.workers()[0]?.evaluate(() => {
        setTimeout(() => {
          throw new Error('out of order');
        });
      });
      expect(await outcome).toBe('EngineCrashError');
      expect(await page.evaluate(() => fingerprintHere('lstm'))).toHaveLength(64);
    }));

  it('rejects what is pending when it ends by itself', () =>
    withLibrary(async (page) => {
      const outcome = page.evaluate(() => trainEndlessly());
      await page.waitForFunction(() => trained() > 3);
      await page.workers()[0]?.evaluate(() => self.close());
      expect(await outcome).toBe('EngineCrashError');
    }));

  it('rejects what is pending when it is terminated from outside; the next model works', () =>
    withLibrary(async (page) => {
      const outcome = page.evaluate(() => trainEndlessly());
      await page.waitForFunction(() => trained() > 3);
      await page.evaluate(() => lastWorker().terminate());
      expect(await outcome).toBe('EngineCrashError');
      expect(await page.evaluate(() => fingerprintHere('gru'))).toHaveLength(64);
    }, external));

  it('rejects what is pending when the model is disposed of, and leaves no worker', () =>
    withLibrary(async (page) => {
      const outcome = page.evaluate(() => trainEndlessly());
      await page.waitForFunction(() => trained() > 3);
      expect(page.workers()).toHaveLength(1);
      await page.evaluate(() => disposeTrained());
      expect(await outcome).toBe('DisposedError');
      await expect.poll(() => page.workers().length).toBe(0);
    }));

  it('rejects with an AbortError when the signal aborts', () =>
    withLibrary(async (page) => {
      const outcome = page.evaluate(() => trainEndlessly(AbortSignal.timeout(500)));
      expect(await outcome).toBe('AbortError');
    }));
});
