#!/usr/bin/env node
/**
 * `npm start [-- arguments]`: set-up, build, then `unrolled forecast` with these arguments; on the
 * shipped data where they name no file. Arguments that begin with another command run that one.
 */
import { join } from 'node:path';
import { dist } from './lib/paths.mjs';
import { attach, exitWith } from './lib/shell.mjs';
import { setup } from './setup.mjs';

const commands = ['forecast', 'predict', 'reproduce', 'help'];

async function main() {
  await setup();
  process.stderr.write('\n');
  const given = process.argv.slice(2);
  const args = commands.includes(given[0]) ? given : ['forecast', ...given];
  // Where the user called npm: the names of files are relative to it.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  process.exitCode = await attach(process.execPath, [join(dist, 'cli.js'), ...args], { cwd });
}

main().catch(exitWith);
