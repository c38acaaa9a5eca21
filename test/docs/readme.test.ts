import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { dailyCsv } from '../support/temporary.ts';

/** Inside the project, so that the examples find `unrolled` as the tests do. */
const folder = join(import.meta.dirname, '../../.cache/readme');

beforeAll(() => mkdir(folder, { recursive: true }));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The code blocks of the README, in order. */
async function examples(): Promise<string[]> {
  const text = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code ?? '');
}

describe('the README', () => {
  it('has a first example that trains, forecasts and saves', async () => {
    const [example = ''] = await examples();
    const saved = join(folder, 'model.safetensors');
    const file = join(folder, 'example.ts');
    await writeFile(file, example.replace("'model.safetensors'", JSON.stringify(saved)));
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await import(file);
    const lines = log.mock.calls.map((line) => [...line]);
    log.mockRestore();

    const [forecast, mae] = lines.pop() ?? [];
    expect(forecast).toHaveLength(3);
    expect(mae).toBeGreaterThan(0);
    const losses = lines.map(([, loss]) => Number(loss));
    expect(losses.length).toBeGreaterThan(1);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    expect((await readFile(saved)).length).toBeGreaterThan(0);
  });

  it('has an example that forecasts from a table', async () => {
    const example = (await examples()).find((code) => code.includes('unrolled/forecast')) ?? '';
    const file = join(folder, 'forecast.ts');
    await writeFile(file, example);
    const rows = dailyCsv(120)
      .replace('shop', 'price')
      .replace(/open|closed/g, '2.5');
    vi.stubGlobal('fetch', async () => new Response(rows));
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    await import(file);
    const [first, second] = log.mock.calls;
    log.mockRestore();
    vi.unstubAllGlobals();
    expect(first).toEqual([expect.any(Array), expect.any(Number), expect.any(Number)]);
    expect(first?.[0]).toHaveLength(12);
    expect(second).toEqual([first?.[0]]);
  });

  it('names only commands and files that there are', async () => {
    const text = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8');
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8'));
    const named = [...text.matchAll(/npm run ([a-z]+)/g)].map(([, name]) => name);
    expect(named.filter((name) => !(String(name) in scripts))).toEqual([]);
    const files = [...text.matchAll(/\]\((?!https?:|#)([^)]+)\)/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) await stat(join(import.meta.dirname, '../..', file));
  });
});
