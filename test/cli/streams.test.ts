import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { dailyCsv, temporaryFolder } from '../support/temporary.ts';

const program = fileURLToPath(new URL('../../bin/unrolled.mjs', import.meta.url));
const files = temporaryFolder();
const csv = files.write('shop.csv', dailyCsv(200));
const shop = ['forecast', csv, '--target', 'sales', '--epochs', '1', '--json'];

type Stream = 'open' | 'left' | 'full';

/** Runs the command line; what reads a stream that is `left` has gone before anything is written. */
function run(argv: string[], { out = 'open', err = 'open' }: { out?: Stream; err?: Stream }) {
  const pipe = (stream: Stream) => (stream === 'full' ? openSync('/dev/full', 'w') : 'pipe');
  const child = spawn(process.execPath, [program, ...argv], {
    stdio: ['ignore', pipe(out), pipe(err)],
  });
  let said = '';
  if (out === 'left') child.stdout?.destroy();
  if (err === 'left') child.stderr?.destroy();
  child.stderr?.on('data', (text) => (said += text));
  return new Promise<{ code: number | null; said: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, said }));
  });
}

describe.runIf(process.platform === 'linux')('what reads the output', () => {
  const cases: {
    name: string;
    argv: string[];
    out?: Stream;
    err?: Stream;
    code: number;
    says: RegExp;
  }[] = [
    { name: 'may leave', argv: shop, out: 'left', code: 0, says: /^$/ },
    { name: 'may leave before help', argv: ['--help'], out: 'left', code: 0, says: /^$/ },
    {
      name: 'may leave, and an error is still one',
      argv: ['forecast', csv],
      out: 'left',
      code: 2,
      says: /^unrolled: say which column .*\n$/,
    },
    { name: 'may leave stderr', argv: ['forecast', csv], err: 'left', code: 2, says: /^$/ },
    {
      name: 'may be a full disk',
      argv: shop,
      out: 'full',
      code: 1,
      says: /^unrolled: the output cannot be written: .*no space left.*\n$/,
    },
    {
      name: 'may be a full disk for stderr',
      argv: ['forecast', csv],
      err: 'full',
      code: 2,
      says: /^$/,
    },
  ];
  test.each(cases)('$name', async ({ argv, code, says, ...streams }) => {
    const ended = await run(argv, streams);
    expect(ended).toEqual({ code, said: expect.stringMatching(says) });
  });
});
