import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page that notes what went wrong in it and what it asked the network for. */
export interface Visit {
  page: Page;
  /** Uncaught errors and console errors. */
  errors: string[];
  /** Addresses that were asked for, `data:` and `blob:` left out. */
  requests: string[];
}

/** Opens `address` in a fresh context of the browser. */
export async function visit(
  browser: Browser,
  address: string,
  options?: BrowserContextOptions,
): Promise<Visit> {
  const context = await browser.newContext(options);
  const errors: string[] = [];
  const requests: string[] = [];
  context.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url())) requests.push(request.url());
  });
  context.on('weberror', (error) => errors.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  const page = await context.newPage();
  await page.goto(address);
  return { page, errors, requests };
}
