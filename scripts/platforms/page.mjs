/** What a built page shows in Chromium. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from '../setup/chromium.mjs';

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/** Serves a folder on this machine alone. */
async function serve(folder) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const path = join(folder, pathname);
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, 'index.html') : path;
    if (!existsSync(file)) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' });
    return createReadStream(file).pipe(response);
  });
  await new Promise((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  return server;
}

let launched;

async function launch() {
  const { chromium: driver } = await import('playwright-core');
  return driver.launch({ executablePath: await chromium(), args: ['--no-sandbox'] });
}

export async function closeBrowser() {
  await (await launched)?.close();
}

/**
 * @param {string} place the folder of a site, or a page in it
 * @param {boolean} [disk] whether the page is opened from disk instead of being served
 * @returns {Promise<string>} the text of the page when it is done
 */
export async function textOfPage(place, disk = false) {
  launched ??= launch();
  const browser = await launched;
  const server = disk ? undefined : await serve(place);
  const page = await browser.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  try {
    const address = disk ? pathToFileURL(place).href : `http://127.0.0.1:${server.address().port}/`;
    await page.goto(address);
    const done = await page.waitForSelector('[data-done]', { state: 'attached', timeout: 30_000 });
    return (await done.textContent()).trim();
  } catch (error) {
    return `${errors.join('; ')} ${error.message}`;
  } finally {
    await page.close();
    server?.close();
  }
}
