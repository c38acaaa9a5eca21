import { CsvError, parse } from 'csv-parse/stream';
import { giveWayFor, throwIfAborted } from '../giveWay.ts';
import { Buffer } from './buffer.ts';
import { beginningOf, chunksOf, type TableSource } from './chunks.ts';
import { TableError } from './errors.ts';

/** More rows than this are refused: a series is held and windowed in memory. */
export const MAX_ROWS = 1_000_000;

/** Longest record in characters: without it a file with no line ends would be read into memory whole. */
const MAX_RECORD = 1_000_000;

/** The chosen columns of a table, as text, in its own order. */
export interface Table {
  /** Its name in messages. */
  file: string;
  /** Names of all its columns. */
  header: string[];
  delimiter: string;
  /** Chosen columns only: one text a row. */
  columns: Map<string, string[]>;
  /** Line in the file, counted from 1, of every row. */
  lines: number[];
}

/** Says which columns to keep, from the header and the first row; throws TableError if one is missing. */
export type ChooseColumns = (header: string[], firstRow: string[]) => string[];

/** Options of {@link readTable}. */
interface TableOptions {
  maxRows?: number;
  signal?: AbortSignal;
}

/**
 * Reads CSV piece by piece and keeps the chosen columns. Finds the delimiter (comma, semicolon, tab or
 * bar), drops a byte-order mark, takes quoted fields and either line end.
 *
 * @param file - name of the table, for messages
 * @throws {TableError} if it is not CSV text, has no rows, or has more than `maxRows`
 */
export async function readTable(
  source: TableSource,
  file: string,
  choose: ChooseColumns,
  { maxRows = MAX_ROWS, signal = new AbortController().signal }: TableOptions = {},
): Promise<Table> {
  const { head, chunks } = await beginningOf(chunksOf(source));
  const { delimiter, encoding } = inspect(file, head);
  const header: string[] = [];
  const lines: number[] = [];
  const columns = new Map<string, string[]>();
  let kept: { index: number; texts: string[] }[] = [];

  const take = (record: string[], line: number) => {
    if (header.length === 0) {
      header.push(...readHeader(file, record));
      return;
    }
    if (record.length !== header.length) {
      throw new TableError(
        `${file}, line ${line}: ${record.length} fields, but the header names ${header.length} columns`,
      );
    }
    if (lines.length === 0) {
      for (const name of new Set(choose(header, record))) columns.set(name, []);
      kept = [...columns].map(([name, texts]) => ({ index: header.indexOf(name), texts }));
    }
    if (lines.length === maxRows) {
      throw new TableError(
        `${file} has more than ${maxRows.toLocaleString('en')} rows: keep the latest part of it, or sum it up to a longer step (hours, days)`,
      );
    }
    lines.push(line);
    for (const { index, texts } of kept) texts.push(record[index] as string);
  };

  const parser = parse({
    bom: true,
    delimiter,
    encoding,
    trim: true,
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: MAX_RECORD,
    on_record: (record: string[], { lines: line }) => {
      take(record, line);
      return null;
    },
  });
  const writer = parser.writable.getWriter();
  // The reading side has the reason of a failure; on the writing side platforms differ.
  const { closed } = parser.readable.getReader();
  const giveWay = giveWayFor(signal);
  try {
    for await (const { buffer, byteOffset, byteLength } of chunks) {
      throwIfAborted(signal);
      await writer.write(Buffer.from(buffer, byteOffset, byteLength)).catch(() => closed);
      await giveWay();
    }
    await writer.close().catch(() => closed);
  } catch (error) {
    throw error instanceof CsvError ? notWellFormed(file, error) : error;
  }
  if (header.length === 0) throw new TableError(`${file} is empty`);
  if (lines.length === 0) throw new TableError(`${file} has a header but no rows`);
  return { file, header, delimiter, columns, lines };
}

function readHeader(file: string, record: string[]): string[] {
  if (record.every((cell) => cell !== '' && !Number.isNaN(Number(cell)))) {
    throw new TableError(
      `${file} has no header: its first line must name the columns, and holds numbers`,
    );
  }
  const names = record.map((cell, i) => cell || `column ${i + 1}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new TableError(`${file} has two columns named ${twice}`);
  return names;
}

/** Looks at the beginning: is it text, in which encoding, with which delimiter? */
function inspect(file: string, head: Uint8Array) {
  if (head.length === 0) throw new TableError(`${file} is empty`);
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new TableError(`${file} is UTF-16 text: save it as UTF-8`);
  }
  const control = head.find((byte) => byte < 9 || (byte > 13 && byte < 32));
  if (control !== undefined) {
    throw new TableError(`${file} is not a CSV file: it holds binary data`);
  }
  return {
    delimiter: findDelimiter(new TextDecoder('latin1').decode(head)),
    encoding: isUtf8(head) ? ('utf8' as const) : ('latin1' as const),
  };
}

function isUtf8(head: Uint8Array): boolean {
  try {
    // `stream` forgives a character cut at the end of the buffer.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The candidate found most often in the first line, outside quotes; a comma if there is none. */
export function findDelimiter(head: string): string {
  const unquoted = head.replace(/"(?:[^"]|"")*"/g, '');
  const line = unquoted.split(/\r\n|\n|\r/).find((text) => text.trim() !== '') ?? '';
  const counts = [',', ';', '\t', '|'].map((mark) => ({ mark, n: line.split(mark).length - 1 }));
  return counts.reduce((best, next) => (next.n > best.n ? next : best)).mark;
}

function notWellFormed(file: string, { code, message }: CsvError): TableError {
  if (code === 'CSV_MAX_RECORD_SIZE') {
    return new TableError(
      `${file} is not a CSV file: a line is longer than ${MAX_RECORD} characters`,
    );
  }
  return new TableError(`${file} is not well-formed CSV: ${message}`);
}
