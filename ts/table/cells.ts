import { listNames } from '../words.ts';
import { TableError } from './errors.ts';
import type { Table } from './csv.ts';

const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-', '?', '.']);
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;
/** A feature of text has at most this many different values. */
export const MAX_CATEGORIES = 20;

/** True for an empty cell and the usual words for "no value". */
export function isMissing(text: string): boolean {
  return MISSING.has(text.toLowerCase());
}

/** True if the text is a finite number with a decimal point. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text) && Number.isFinite(Number(text));
}

/**
 * A column as numbers, NaN where a cell is missing.
 *
 * @throws {TableError} naming line and column of the first cell that is not a number
 */
export function numberColumn(table: Table, name: string): Float64Array {
  const texts = table.columns.get(name) as string[];
  const values = new Float64Array(texts.length);
  for (let row = 0; row < texts.length; row++) {
    const text = texts[row] as string;
    if (isMissing(text)) values[row] = Number.NaN;
    else if (isNumber(text)) values[row] = Number(text);
    else throw new TableError(notANumber(table, name, row, text));
  }
  return values;
}

function notANumber(table: Table, name: string, row: number, text: string): string {
  const where = `${table.file}, line ${table.lines[row]}, column ${name}`;
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  if (DECIMAL_COMMA.test(text)) {
    return `${where}: '${shown}' has a comma in the number: write ${text.replace(',', '.')} for a fraction, ${text.replace(',', '')} for thousands`;
  }
  return `${where}: a number is expected, got '${shown}'`;
}

/** How a feature becomes channels. */
export interface FeatureShape {
  /** Name of the column. */
  name: string;
  /** Categories of a column of text, in the order of their channels; none for a column of numbers. */
  categories?: string[];
}

/** Names of a feature's channels: the column's own, or `column=category`. */
export const channelNames = ({ name, categories }: FeatureShape): string[] =>
  categories?.map((category) => `${name}=${category}`) ?? [name];

/** A feature column: one channel of numbers, or one channel of 0 and 1 for each category. */
export interface FeatureColumn extends FeatureShape {
  channels: { name: string; values: Float64Array }[];
}

/**
 * Reads a feature: numbers if the first cell that has a value is one, else categories, one-hot. With `shape`
 * the column is read as it was when a model was trained on it.
 *
 * @throws {TableError} for text in a number column, for more than 20 categories, or for one not in `shape`
 */
export function featureColumn(table: Table, name: string, shape?: FeatureShape): FeatureColumn {
  const texts = table.columns.get(name) as string[];
  const first = texts.find((text) => !isMissing(text));
  if (first === undefined) throw new TableError(`${table.file}: column ${name} has no values`);
  if (shape ? !shape.categories : isNumber(first) || DECIMAL_COMMA.test(first)) {
    return { name, channels: [{ name, values: numberColumn(table, name) }] };
  }
  const found = [...new Set(texts.filter((text) => !isMissing(text)))].sort();
  const categories = shape?.categories ?? found;
  const row = texts.findIndex((text) => !isMissing(text) && !categories.includes(text));
  if (row >= 0) {
    throw new TableError(
      `${table.file}, line ${table.lines[row]}, column ${name}: '${texts[row]}' is none of the model's categories: ${listNames(categories)}`,
    );
  }
  if (categories.length > MAX_CATEGORIES) {
    throw new TableError(
      `${table.file}: column ${name} holds text with ${categories.length} different values; a feature is a number or has at most ${MAX_CATEGORIES} categories`,
    );
  }
  const names = channelNames({ name, categories });
  const channels = categories.map((category, i) => ({
    name: names[i] as string,
    values: Float64Array.from(texts, (text) =>
      isMissing(text) ? Number.NaN : +(text === category),
    ),
  }));
  return { name, channels, categories };
}
