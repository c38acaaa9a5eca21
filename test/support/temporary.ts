import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder of its own for a test file, removed afterwards. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'unrolled-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    folder,
    path: (name: string) => join(folder, name),
    write: (name: string, content: string | Uint8Array) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
  };
}

/** `rows` days from 2020-01-01: a weekly wave with a trend, two decimals. */
export function dailyCsv(rows: number, separator = ',', end = '\n'): string {
  const lines = Array.from({ length: rows }, (_, i) => {
    const date = new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
    const value = 20 + 5 * Math.sin((2 * Math.PI * i) / 7) + 0.01 * i + ((i * 7919) % 13) / 10;
    return [date, value.toFixed(2), i % 7 < 5 ? 'open' : 'closed'].join(separator);
  });
  return [['date', 'sales', 'shop'].join(separator), ...lines].join(end) + end;
}
