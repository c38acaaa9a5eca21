/** A Chromium for the browser tests: the one that UNROLLED_CHROMIUM names, an installed one, or Debian's package. */
import { existsSync } from 'node:fs';
import { Failure, which } from '../lib/shell.mjs';
import { step } from '../lib/step.mjs';
import { apt, hasApt } from './apt.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function find() {
  for (const name of names) {
    const path = which(name);
    if (path !== null) return path;
  }
  return places.find((path) => existsSync(path)) ?? null;
}

/**
 * @returns {Promise<string>} the path of a browser
 * @throws {Failure} saying how to name one
 */
export async function chromium() {
  const named = process.env.UNROLLED_CHROMIUM;
  if (named) {
    if (existsSync(named)) return named;
    throw new Failure(`UNROLLED_CHROMIUM names ${named}, which does not exist`);
  }
  let path = find();
  if (path === null && hasApt()) {
    await step('installing Chromium by apt', () => apt(['chromium']));
    path = find();
  } else if (path !== null) {
    process.stderr.write(`• Chromium … ${path}\n`);
  }
  if (path !== null) return path;
  throw new Failure(
    'The browser tests need Chromium or Chrome: install one, or set UNROLLED_CHROMIUM to its path.',
  );
}
