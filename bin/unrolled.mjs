#!/usr/bin/env node
// The command line itself is bundled; a fresh clone has no bundle yet.
import { existsSync } from 'node:fs';

const cli = new URL('../dist/cli.js', import.meta.url);
if (existsSync(cli)) {
  await import(cli.href);
} else {
  process.stderr.write('unrolled is not built yet: run `npm run setup` (or `npm start`) first.\n');
  process.exitCode = 1;
}
