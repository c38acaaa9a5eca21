import { readFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './support/chromium.ts';
import { onDisk, sandboxed, singlePages, type SingleOptions } from './support/single.ts';
import { type Site, site } from './support/site.ts';
import { visit } from './support/visit.ts';

let browser: Browser;
let external: Site;
let single: (options?: SingleOptions) => string;

beforeAll(async () => {
  [browser, external, single] = await Promise.all([
    launch(),
    site('test/browser/pages/external'),
    singlePages(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await external?.close();
});

/** What a page of one file, opened from disk, shows when it is done. */
const shown = (html: string): Promise<string | null> =>
  onDisk(html, async (address) => {
    const { page } = await visit(browser, address);
    try {
      await page.waitForSelector('body[data-done]', { state: 'attached' });
      return await page.textContent('body');
    } finally {
      await page.context().close();
    }
  });

const losses = /^\[\d+\.\d+,\d+\.\d+\]$/;

describe('a page of one HTML file, opened from disk', () => {
  it('trains in a worker, and in a sandboxed frame, as on the page thread', async () => {
    const main = await shown(single({ attributes: 'data-thread="main"' }));
    expect(main).toMatch(losses);
    expect(await shown(single())).toBe(main);
    expect(await shown(sandboxed(single()))).toBe(main);
  });
});

describe('a page that forbids something says what, and what to do', () => {
  const inline = "script-src 'unsafe-inline'";
  const wasm = "'wasm-unsafe-eval'";
  const blocked = /^UnrolledError: The worker could not be started: .*/.source;
  const main = /.*thread: 'main'$/.source;

  it.for<{ what: string; options: SingleOptions; expected: RegExp }>([
    {
      what: 'workers, by worker-src',
      options: { csp: `${inline} ${wasm}; worker-src 'none'` },
      expected: new RegExp(`${blocked}worker-src.*Allow blob:.*init\\({ worker }\\)${main}`),
    },
    {
      what: 'workers, by default-src',
      options: { csp: `default-src 'unsafe-inline' ${wasm}` },
      expected: new RegExp(`${blocked}Content-Security-Policy.*Allow blob:${main}`),
    },
    {
      what: 'the worker that init makes',
      options: { csp: `${inline} ${wasm}; worker-src blob:`, attributes: 'data-worker="data:,"' },
      expected: new RegExp(`${blocked}Allow the address that init\\({ worker }\\) uses${main}`),
    },
    {
      what: 'files of its own, being on a disk',
      options: { attributes: 'data-worker="./worker.js"' },
      expected: new RegExp(`${blocked}what init\\({ worker }\\) made failed${main}`),
    },
    {
      what: 'WebAssembly, for a worker',
      options: { csp: `${inline} blob:` },
      expected: /^UnrolledError: The Content-Security-Policy forbids WebAssembly.*wasm-unsafe-eval/,
    },
    {
      what: 'WebAssembly, for its own thread',
      options: { csp: inline, attributes: 'data-thread="main"' },
      expected: /^UnrolledError: The Content-Security-Policy forbids WebAssembly.*wasm-unsafe-eval/,
    },
  ])('$what', async ({ options, expected }) => {
    expect(await shown(single(options))).toMatch(expected);
  });

  it.for([
    {
      what: 'is missing: told',
      answer: { status: 404, body: '' },
      expected: /^The worker could not be started: what init\({ worker }\) made failed/,
    },
    {
      what: 'may not compile WebAssembly: works, as the page compiles',
      answer: { headers: { 'content-security-policy': "script-src 'self'" } },
      expected: /^[0-9a-f]{64}$/,
    },
  ])('a worker file that $what', async ({ answer, expected }) => {
    const { page } = await visit(browser, 'about:blank');
    const code = await readFile('dist/worker.js', 'utf8');
    await page
      .context()
      .route(/worker.*\.js$/, (route) =>
        route.fulfill({ contentType: 'text/javascript', body: code, ...answer }),
      );
    await page.goto(external.origin);
    await page.waitForSelector('body[data-ready]', { state: 'attached' });
    const message = page.evaluate(() =>
      fingerprintHere('gru').catch((error: Error) => error.message),
    );
    expect(await message).toMatch(expected);
    await page.context().close();
  });
});
