import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { UserError } from '../errors.ts';

/** More rows than this are refused: a series is held and windowed in memory. */
export const MAX_ROWS = 1_000_000;

/** Longest record in characters: without it a file with no line ends would be read into memory whole. */
const MAX_RECORD = 1_000_000;

/** The chosen columns of a file, as text, in file order. */
export interface Table {
  file: string;
  /** Names of all columns of the file. */
  header: string[];
  delimiter: string;
  /** Chosen columns only: one text a row. */
  columns: Map<string, string[]>;
  /** Line in the file, counted from 1, of every row. */
  lines: number[];
}

/** Says which columns to keep, from the header and the first row; throws UserError if one is missing. */
export type ChooseColumns = (header: string[], firstRow: string[]) => string[];

/**
 * Reads a CSV file as a stream and keeps the chosen columns. Finds the delimiter (comma, semicolon, tab
 * or bar), drops a byte-order mark, takes quoted fields and either line end.
 *
 * @throws UserError if the file cannot be read, is not CSV text, has no rows, or has more than `maxRows`
 */
export async function readTable(
  file: string,
  choose: ChooseColumns,
  { maxRows = MAX_ROWS, signal }: { maxRows?: number; signal?: AbortSignal } = {},
): Promise<Table> {
  const { delimiter, encoding } = await inspect(file);
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
      throw new UserError(
        `${file}, line ${line}: ${record.length} fields, but the header names ${header.length} columns`,
      );
    }
    if (lines.length === 0) {
      for (const name of new Set(choose(header, record))) columns.set(name, []);
      kept = [...columns].map(([name, texts]) => ({ index: header.indexOf(name), texts }));
    }
    if (lines.length === maxRows) {
      throw new UserError(
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
  parser.resume();
  try {
    await pipeline(createReadStream(file), parser, signal ? { signal } : {});
  } catch (error) {
    throw readable(file, error);
  }
  if (header.length === 0) throw new UserError(`${file} is empty`);
  if (lines.length === 0) throw new UserError(`${file} has a header but no rows`);
  return { file, header, delimiter, columns, lines };
}

function readHeader(file: string, record: string[]): string[] {
  if (record.every((cell) => cell !== '' && !Number.isNaN(Number(cell)))) {
    throw new UserError(
      `${file} has no header: its first line must name the columns, and holds numbers`,
    );
  }
  const names = record.map((cell, i) => cell || `column ${i + 1}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UserError(`${file} has two columns named ${twice}`);
  return names;
}

/** Looks at the beginning of the file: is it text, in which encoding, with which delimiter? */
async function inspect(file: string): Promise<{ delimiter: string; encoding: BufferEncoding }> {
  const head = await readHead(file);
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    throw new UserError(`${file} is UTF-16 text: save it as UTF-8`);
  }
  const control = head.find((byte) => byte < 9 || (byte > 13 && byte < 32));
  if (control !== undefined) throw new UserError(`${file} is not a CSV file: it holds binary data`);
  return {
    delimiter: findDelimiter(head.toString('latin1')),
    encoding: isUtf8(head) ? 'utf8' : 'latin1',
  };
}

async function readHead(file: string): Promise<Buffer> {
  try {
    const stats = await stat(file);
    if (!stats.isFile() && !stats.isDirectory()) {
      throw new UserError(`${file} is a pipe or a device: write what it gives into a file first`);
    }
    if (stats.size === 0) throw new UserError(`${file} is empty`);
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(65536), 0, 65536, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw readable(file, error);
  }
}

function isUtf8(head: Buffer): boolean {
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

const SYSTEM_ERRORS: Record<string, string> = {
  ENOENT: 'no such file',
  EISDIR: 'is a directory, not a CSV file',
  EACCES: 'may not be read (permission denied)',
  EPERM: 'may not be read (permission denied)',
  ENOTDIR: 'a part of the path is a file, not a directory',
  ELOOP: 'the symbolic links lead in a circle',
  ERR_ACCESS_DENIED: 'may not be read (Node runs with --permission: allow it by --allow-fs-read)',
};

function readable(file: string, error: unknown): unknown {
  if (error instanceof CsvError) {
    if (error.code === 'CSV_MAX_RECORD_SIZE') {
      return new UserError(
        `${file} is not a CSV file: a line is longer than ${MAX_RECORD} characters`,
      );
    }
    return new UserError(`${file} is not well-formed CSV: ${error.message}`);
  }
  const known = SYSTEM_ERRORS[(error as NodeJS.ErrnoException).code ?? ''];
  return known === undefined ? error : new UserError(`${file}: ${known}`);
}
