import { execFile, spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { listenForSignals } from '../../ts/cli/signals.ts';
import { random } from '../support/series.ts';
import { dailyCsv, temporaryFolder } from '../support/temporary.ts';

const program = fileURLToPath(new URL('../../bin/unrolled.mjs', import.meta.url));
const files = temporaryFolder();

/** Processes of each kind; `UNROLLED_ENDS=50` tries many more. */
const processes = Number(process.env.UNROLLED_ENDS ?? 6);

interface End {
  code: number | null;
  signal: string | null;
  out: string;
  err: string;
}

/** Runs the command line in a folder of its own and ends it after a while. */
function end(cwd: string, argv: string[], kill: NodeJS.Signals, delay: number): Promise<End> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...argv], { cwd });
    const said = { out: '', err: '' };
    child.stdout.on('data', (text) => (said.out += text));
    child.stderr.on('data', (text) => (said.err += text));
    const timer = setTimeout(() => child.kill(kill), delay);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, ...said });
    });
  });
}

describe.runIf(process.platform !== 'win32')('Ctrl-C and SIGTERM, at any time', () => {
  const model = files.path('model.safetensors');
  const csv = files.write('shop.csv', dailyCsv(300));
  beforeAll(async () => {
    const argv = ['forecast', csv, '--target', 'sales', '--epochs', '1', '--json', '--save', model];
    await promisify(execFile)(process.execPath, [program, ...argv]);
  });

  const commands: { argv: string[]; longest: number; leaves?: string[] }[] = [
    { argv: ['forecast'], longest: 1500 },
    {
      argv: ['forecast', csv, '--target', 'sales', '--epochs', '1'],
      longest: 1000,
      leaves: ['forecast.html', 'forecast.safetensors'],
    },
    { argv: ['reproduce'], longest: 1500 },
    { argv: ['predict', model, csv], longest: 400 },
  ];
  test.each(commands)(
    'end $argv in one line, with the exit code of shells and without temporary files',
    async ({ argv, longest, leaves = [] }) => {
      const next = random(argv.length);
      for (let i = 0; i < processes; i++) {
        const [kill, code] = i % 2 === 0 ? (['SIGINT', 130] as const) : (['SIGTERM', 143] as const);
        const cwd = files.path(`${argv.join(' ').replaceAll('/', '_').slice(0, 40)} ${i}`);
        mkdirSync(cwd);
        const ended = await end(cwd, argv, kill, Math.floor(longest * next()));
        expect([
          { code, signal: null, out: '', err: 'unrolled: stopped\n' },
          // Before the command line has begun, and after it has done its work.
          { code: null, signal: kill, out: '', err: '' },
          { code: null, signal: kill, out: expect.stringMatching(/\n$/), err: '' },
          { code: 0, signal: null, out: expect.stringMatching(/\n$/), err: '' },
        ]).toContainEqual(ended);
        expect(readdirSync(cwd).filter((name) => !leaves.includes(name))).toEqual([]);
      }
    },
    600_000,
  );
});

describe('a signal', () => {
  afterEach(() => vi.restoreAllMocks());

  test.each([
    { signal: 'SIGINT', code: 130 },
    { signal: 'SIGTERM', code: 143 },
  ] as const)('$signal aborts, and ends the process the second time', ({ signal, code }) => {
    const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
    const before = process.listenerCount(signal);
    const abort = new AbortController();
    const unlisten = listenForSignals(abort, false);
    process.emit(signal, signal);
    expect(abort.signal.reason).toMatchObject({ code });
    expect(exit).not.toHaveBeenCalled();
    process.emit(signal, signal);
    expect(exit).toHaveBeenCalledWith(code);
    unlisten();
    expect(process.listenerCount(signal)).toBe(before);
  });
});
