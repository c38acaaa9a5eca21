import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../ts');

/** What the files of a folder, or one file, import: files from `ts/`, packages and modules of Node by name. */
function importsOf(place: string): string[] {
  const files = place.endsWith('.ts')
    ? [place]
    : readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(place, name));
  const all = files.flatMap((file) => {
    const code = readFileSync(join(root, file), 'utf8');
    return [...code.matchAll(/(?:from|import\(?) ?'([^'\n]+)'/g)].map(([, name = '']) =>
      name.startsWith('.') ? relative(root, join(root, file, '..', name)) : name,
    );
  });
  return [...new Set(all)];
}

/** What several entries share and none exports; they import nothing but each other. */
const leaves = [
  'abortable',
  'breathe',
  'check',
  'errors',
  'fields',
  'giveWay',
  'platform',
  'words',
];
const leafFiles = leaves.map((name) => `${name}.ts`);

describe('an entry imports what stands below it:', () => {
  test('leaves, each other', () => {
    const others = leafFiles.flatMap(importsOf).filter((name) => !leafFiles.includes(name));
    expect(others).toEqual([]);
  });

  const entries: { place: string; from: RegExp }[] = [
    { place: 'table', from: /^(table\/|csv-parse\/stream$|buffer\/$)/ },
    { place: 'forecast', from: /^(forecast\/|table\/|index\.ts$)/ },
    { place: 'cli', from: /^(cli\/|(datasets\/|forecast\/|table\/)?index\.ts$|[^./]+$|node:|@)/ },
  ];
  test.each(entries)('$place', ({ place, from }) => {
    const others = importsOf(place).filter((name) => !from.test(name) && !leafFiles.includes(name));
    expect(others).toEqual([]);
  });

  test('the library, none of them', () => {
    const above = /^(cli|forecast|table)\//;
    const below = readdirSync(root, { withFileTypes: true }).filter(
      (entry) => !above.test(`${entry.name}/`),
    );
    expect(below.length).toBeGreaterThan(20);
    const others = below.flatMap(({ name }) => importsOf(name)).filter((name) => above.test(name));
    expect(others).toEqual([]);
  });
});
