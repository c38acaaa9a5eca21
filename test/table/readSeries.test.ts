import { describe, expect, test } from 'vitest';
import { readTable } from '../../ts/table/csv.ts';
import { isTableError, readSeries, type SeriesRequest } from '../../ts/table/index.ts';
import { dailyCsv } from '../support/temporary.ts';

const sales: SeriesRequest = { target: 'sales' };

/** Replaces line `n` (from 1) of a good file. */
function withLine(n: number, text: string): string {
  return dailyCsv(30)
    .split('\n')
    .with(n - 1, text)
    .join('\n');
}

function withoutLines(from: number, to: number): string {
  return dailyCsv(60)
    .split('\n')
    .filter((_, i) => i + 1 < from || i + 1 > to)
    .join('\n');
}

describe('a table that cannot be used is refused in one line', () => {
  const cases: {
    name: string;
    content: string | Uint8Array;
    request?: SeriesRequest;
    says: RegExp;
  }[] = [
    { name: 'empty', content: '', says: /is empty$/ },
    { name: 'blank lines only', content: '\n\n', says: /is empty$/ },
    { name: 'header only', content: 'date,sales\n', says: /a header but no rows/ },
    { name: 'no header', content: '2020,1\n2021,2\n', says: /no header/ },
    {
      name: 'two columns of one name',
      content: 'date,sales,sales\n2020-01-01,1,2\n',
      says: /two columns named sales/,
    },
    {
      name: 'binary',
      content: Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13),
      says: /binary data/,
    },
    {
      name: 'UTF-16',
      content: Buffer.from(`\ufeff${dailyCsv(9)}`, 'utf16le'),
      says: /UTF-16.*UTF-8/,
    },
    { name: 'one endless line', content: 'a'.repeat(1_200_000), says: /line is longer than/ },
    { name: 'no target named', content: dailyCsv(30), request: {}, says: /`target`: sales$/ },
    {
      name: 'target missing',
      content: dailyCsv(30),
      request: { target: 'price' },
      says: /no column price \(`target`\).*date, sales, shop/,
    },
    {
      name: 'feature missing',
      content: dailyCsv(30),
      request: { ...sales, features: ['rain'] },
      says: /no column rain \(`features`\)/,
    },
    {
      name: 'target as feature',
      content: dailyCsv(30),
      request: { ...sales, features: ['sales'] },
      says: /the target is an input already/,
    },
    {
      name: 'date column missing',
      content: dailyCsv(30),
      request: { ...sales, date: 'when' },
      says: /no column when \(`date`\)/,
    },
    {
      name: 'date column as target',
      content: dailyCsv(30),
      request: { target: 'date' },
      says: /is the column of dates/,
    },
    {
      name: 'no dates',
      content: 'a,b\n1,2\n3,4\n',
      request: { target: 'b' },
      says: /no column of dates.*a, b/,
    },
    {
      name: 'text among numbers',
      content: withLine(12, '2020-01-11,many,open'),
      says: /line 12, column sales: a number is expected, got 'many'/,
    },
    {
      name: 'decimal comma',
      content: dailyCsv(30, ';').replace('20.00', '20,00'),
      says: /line 2, column sales: '20,00' has a comma.*20\.00/,
    },
    {
      name: 'infinity',
      content: withLine(3, '2020-01-02,Infinity,open'),
      says: /line 3, column sales/,
    },
    {
      name: 'date that is none',
      content: withLine(4, '2020-02-30,3,open'),
      says: /line 4: '2020-02-30' is not a date/,
    },
    { name: 'date missing', content: withLine(4, ',3,open'), says: /line 4: the date is missing/ },
    {
      name: 'fields missing',
      content: withLine(5, '2020-01-04,3'),
      says: /line 5: 2 fields, but the header names 3/,
    },
    {
      name: 'quote left open',
      content: withLine(5, '2020-01-04,"3,open'),
      says: /not well-formed CSV: .*[Qq]uote/,
    },
    {
      name: 'date twice, values differ',
      content: withLine(5, '2020-01-03,9,open'),
      says: /lines 4 and 5 have the same date \(2020-01-03\)/,
    },
    {
      name: 'time between steps',
      content: withLine(5, '2020-01-04 11:00,9,open'),
      says: /line 5: 2020-01-04T11:00 does not fit steps of a day/,
    },
    {
      name: 'target without values',
      content: 'date,sales\n2020-01-01,\n2020-01-02,NA\n2020-01-03,\n',
      says: /column sales has no values/,
    },
    {
      name: 'two rows',
      content: 'date,sales\n2020-01-01,1\n2020-01-02,2\n',
      says: /2 dated rows are too few/,
    },
    {
      name: 'mostly gaps',
      content: withLine(30, '2190-01-01,3,open'),
      says: /too many are missing/,
    },
    {
      name: 'too many categories',
      content: [
        'date,sales,name',
        ...dailyCsv(30)
          .split('\n')
          .slice(1, 31)
          .map((line, i) => `${line.split(',').slice(0, 2)},n${i}`),
      ].join('\n'),
      request: { ...sales, features: ['name'] },
      says: /column name holds text with 30 different values/,
    },
  ];
  test.each(cases)('$name', async ({ content, request, says }) => {
    const error = await readSeries(content, request ?? sales).catch((e: unknown) => e);
    expect(isTableError(error)).toBe(true);
    expect(error).toMatchObject({ name: 'TableError', message: expect.stringMatching(says) });
    expect((error as Error).message).not.toContain('\n');
  });

  test('more rows than are held', async () => {
    const read = (maxRows: number) =>
      readTable(dailyCsv(1001), 't.csv', (header) => header, { maxRows });
    await expect(read(1000)).rejects.toThrow(/more than 1,000 rows/);
    expect((await read(1001)).lines).toHaveLength(1001);
  });
});

describe('a table that differs in form is read alike', () => {
  const lines = dailyCsv(30).trim().split('\n');
  const cases: { name: string; content: string | Uint8Array }[] = [
    { name: 'byte-order mark', content: `\ufeff${dailyCsv(30)}` },
    { name: 'CRLF', content: dailyCsv(30, ',', '\r\n') },
    { name: 'semicolons', content: dailyCsv(30, ';') },
    { name: 'tabs', content: dailyCsv(30, '\t') },
    {
      name: 'quoted fields',
      content: lines
        .map((line) =>
          line
            .split(',')
            .map((cell) => `"${cell}"`)
            .join(','),
        )
        .join('\n'),
    },
    { name: 'newest first', content: [lines[0], ...lines.slice(1).toReversed()].join('\n') },
    { name: 'blank lines', content: dailyCsv(30).replaceAll('\n', '\n\n') },
    { name: 'spaces around cells', content: dailyCsv(30, ' , ') },
    { name: 'rows repeated whole', content: [...lines, lines[3]].join('\n') },
    {
      name: 'Latin-1 text',
      content: Buffer.from(dailyCsv(30).replaceAll('closed', 'fermé'), 'latin1'),
    },
    { name: 'day first', content: dailyCsv(30).replace(/(\d{4})-(\d\d)-(\d\d)/g, '$3.$2.$1') },
    { name: 'month first', content: dailyCsv(30).replace(/(\d{4})-(\d\d)-(\d\d)/g, '$2/$3/$1') },
    { name: 'compact dates', content: dailyCsv(30).replace(/(\d{4})-(\d\d)-(\d\d)/g, '$1$2$3') },
  ];
  test.each(cases)('$name', async ({ content }) => {
    const plain = await readSeries(dailyCsv(30), sales);
    const series = await readSeries(content, sales);
    expect(series.target).toEqual(plain.target);
    expect(series.timeline.start).toBe(Date.UTC(2020, 0, 1));
    expect(series.timeline.step.name).toBe('day');
  });

  test('sorting and dropping rows is said', async () => {
    const { notes } = await readSeries([...lines, lines[3]].join('\n'), sales);
    expect(notes).toEqual([
      'Rows were not in order of date; sorted.',
      '1 row repeated a date with the same values; dropped.',
    ]);
  });
});

describe('gaps', () => {
  test('short ones are filled by straight lines and counted', async () => {
    const series = await readSeries(withoutLines(10, 12), sales);
    const [before, after] = [series.target[7] as number, series.target[11] as number];
    expect(series.target[9]).toBeCloseTo((before + after) / 2, 12);
    expect(series.filled).toBe(3);
    expect(series.notes).toEqual(['Filled 3 missing days in 1 gap by straight lines.']);
  });

  test('long ones stay open and are said', async () => {
    const series = await readSeries(withoutLines(10, 17), sales);
    expect([...series.target].filter(Number.isNaN)).toHaveLength(8);
    expect(series.notes[0]).toMatch(/^1 gap longer than 7 steps was not filled/);
  });

  test('empty cells count as gaps, and the ends are cut', async () => {
    const content = withLine(10, '2020-01-09,NA,open').replace(
      /\n2020-01-30,.*\n/,
      '\n2020-01-30,,open\n',
    );
    const series = await readSeries(content, sales);
    expect(series.target).toHaveLength(29);
    expect(series.filled).toBe(1);
    expect(series.notes[0]).toBe('1 step without a sales at the ends left out.');
  });
});

describe('features', () => {
  test('a column of words becomes one channel a category', async () => {
    const series = await readSeries(dailyCsv(30), {
      ...sales,
      features: ['shop'],
    });
    expect(series.features.map(({ name }) => name)).toEqual(['shop=closed', 'shop=open']);
    expect([...(series.features[0]?.values.slice(3, 8) ?? [])]).toEqual([0, 0, 1, 1, 0]);
  });
});

describe('a source', () => {
  const bytes = new TextEncoder().encode(`\ufeff${dailyCsv(300).replaceAll('closed', 'fermé')}`);
  /** The bytes in pieces of one length. */
  async function* pieces(length: number) {
    for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
  }
  const request = { ...sales, features: ['shop'] };

  test.each([1, 7, 4096, 1e6])(
    'in pieces of %i bytes reads as a whole one does',
    async (length) => {
      const whole = await readSeries(bytes, request);
      expect(whole.features.map(({ name }) => name)).toEqual(['shop=fermé', 'shop=open']);
      expect(await readSeries(pieces(length), request)).toEqual(whole);
      expect(await readSeries(new TextDecoder().decode(bytes), request)).toEqual(whole);
    },
  );

  test('that fails is told as it failed', async () => {
    async function* broken() {
      yield bytes.subarray(0, 100);
      throw new Error('the line is cut');
    }
    await expect(readSeries(broken(), sales)).rejects.toThrow('the line is cut');
  });

  test('is left when the reading is aborted, or refused', async () => {
    let left = 0;
    async function* endless() {
      try {
        yield new TextEncoder().encode('date,sales\n');
        for (let i = 0; ; i++) yield new TextEncoder().encode('2020-01-01,1\n'.repeat(1000));
      } finally {
        left++;
      }
    }
    const abort = new AbortController();
    const reading = readSeries(endless(), { ...sales, signal: abort.signal });
    setTimeout(() => abort.abort());
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    await expect(readSeries(endless(), { target: 'none' })).rejects.toThrow('no column none');
    expect(left).toBe(2);
  });
});

describe('a request', () => {
  const cases: { name: string; source?: unknown; request: object; says: RegExp }[] = [
    { name: 'no table', source: 5, request: sales, says: /readSeries: expected CSV as a text/ },
    { name: 'unknown option', request: { column: 'a' }, says: /unknown option "column"/ },
    { name: 'number for a column', request: { target: 1 }, says: /target: expected a text, got 1/ },
    { name: 'text for a list', request: { features: 'a' }, says: /features: expected a list/ },
    {
      name: 'no signal',
      request: { ...sales, signal: 1 },
      says: /signal: expected an AbortSignal/,
    },
  ];
  test.each(cases)('that is wrong is refused: $name', async ({ source, request, says }) => {
    const reading = readSeries((source ?? dailyCsv(30)) as string, request);
    await expect(reading).rejects.toMatchObject({
      name: 'SpecError',
      message: expect.stringMatching(says),
    });
  });

  test('gives messages the name of the table and of options', async () => {
    const optionName = (option: string) => `--${option}`;
    await expect(readSeries('', { name: 'a.csv' })).rejects.toThrow(/^a\.csv is empty$/);
    await expect(readSeries(dailyCsv(9), { date: 'x', optionName })).rejects.toThrow(
      /^the table has no column x \(--date\)/,
    );
  });
});
