import { count, listNames, UserError } from '../errors.ts';
import { type FeatureShape, featureColumn, isMissing, isNumber, numberColumn } from './cells.ts';
import { readTable, type Table } from './csv.ts';
import { looksLikeDate, parseDates } from './dates.ts';
import { countSteps, type Step } from './step.ts';
import {
  fillGaps,
  LONGEST_FILLED_GAP,
  makeTimeline,
  onGrid,
  sliceTimeline,
  type Timeline,
} from './timeline.ts';

/** What to read from a file. */
export interface SeriesRequest {
  /** Column to forecast. Required; left out, the error lists the columns. */
  target?: string;
  /** Further input columns. @default [] */
  features?: string[];
  /** Column of dates. @default found by name, then by content */
  date?: string;
  /** What a saved model was trained on: the file must fit it. */
  trained?: { step: Step; features: FeatureShape[] };
  /** Ends the reading. */
  signal?: AbortSignal;
}

/** Columns of a file on an even time grid, gaps filled; NaN only in gaps too long to fill. */
export interface Series {
  file: string;
  dateColumn: string;
  targetName: string;
  timeline: Timeline;
  target: Float64Array;
  /** Channels of the features, and how columns became channels. */
  features: { name: string; values: Float64Array }[];
  featureShapes: FeatureShape[];
  /** Rows in the file. */
  rows: number;
  /** Steps of the target filled by interpolation. */
  filled: number;
  /** What was done to the file's rows, one sentence each. */
  notes: string[];
}

const DATE_NAMES =
  /^(date|datetime|date[ _-]?time|time|timestamp|ds|day|week|month|quarter|year|period)$/i;

/**
 * Reads a series from a CSV file: chooses columns, sorts by date, checks the step and fills gaps.
 *
 * @throws UserError in one line for whatever is wrong with the file or the request
 */
export async function readSeries(file: string, request: SeriesRequest): Promise<Series> {
  let dateColumn = '';
  const features = request.features ?? [];
  const choose = (header: string[], first: string[]) => {
    if (request.trained) checkNeeded(file, header, request);
    dateColumn = chooseDate(file, header, first, request.date);
    const target = chooseTarget(file, header, first, dateColumn, request.target);
    checkFeatures(file, header, features, [dateColumn, target]);
    return [dateColumn, target, ...features];
  };
  const { signal } = request;
  const table = await readTable(file, choose, signal ? { signal } : {});
  return assemble(table, dateColumn, request);
}

function assemble(
  table: Table,
  dateColumn: string,
  { target: wanted, features: names = [], trained }: SeriesRequest,
): Series {
  const targetName = wanted as string;
  const where = `${table.file}, column ${dateColumn}`;
  const texts = (name: string) => table.columns.get(name) as string[];
  const dates = parseDates(where, texts(dateColumn), table.lines);
  const sameValues = (a: number, b: number) => {
    return [...table.columns.values()].every((column) => column[a] === column[b]);
  };
  const target = numberColumn(table, targetName);
  const columns = names.map((name, i) => featureColumn(table, name, trained?.features[i]));
  const features = columns.flatMap(({ channels }) => channels);
  const whole = makeTimeline(where, dates.times, table.lines, sameValues, trained?.step);

  const known = onGrid(whole, target);
  const first = known.findIndex((value) => !Number.isNaN(value));
  const end = known.findLastIndex((value) => !Number.isNaN(value)) + 1;
  if (first < 0) throw new UserError(`${table.file}: column ${targetName} has no values`);
  const timeline = sliceTimeline(whole, first, end);
  const { values, filled, gaps, left } = fillGaps(known.subarray(first, end));

  const notes = [...dates.notes, ...whole.notes];
  const ends = known.length - (end - first);
  if (ends > 0) notes.push(`${count(ends, 'step')} without a ${targetName} at the ends left out.`);
  if (filled > 0) {
    notes.push(
      `Filled ${countSteps(timeline.step, filled, 'missing ')} in ${count(gaps, 'gap')} by straight lines.`,
    );
  }
  if (left > 0) {
    notes.push(
      `${count(left, 'gap')} longer than ${LONGEST_FILLED_GAP} steps ${left === 1 ? 'was' : 'were'} not filled; windows that touch ${left === 1 ? 'it' : 'them'} are left out.`,
    );
  }
  return {
    file: table.file,
    dateColumn,
    targetName,
    timeline,
    target: values,
    features: features.map(({ name, values: column }) => {
      return { name, values: fillGaps(onGrid(timeline, column)).values };
    }),
    featureShapes: columns.map(({ name, categories }) => ({
      name,
      ...(categories && { categories }),
    })),
    rows: table.lines.length,
    filled,
    notes,
  };
}

/** A column that a model needs is not an option that the user has named. */
function checkNeeded(
  file: string,
  header: string[],
  { target, features = [], date }: SeriesRequest,
): void {
  const missing = [target, ...features, date].find((name) => name && !header.includes(name));
  if (missing === undefined) return;
  const hint = missing === date ? ' (--date names another column of dates)' : '';
  throw new UserError(
    `${file} has no column ${missing}, which the model needs${hint}; its columns are ${listNames(header)}`,
  );
}

function chooseDate(
  file: string,
  header: string[],
  first: string[],
  wanted: string | undefined,
): string {
  if (wanted !== undefined) {
    if (header.includes(wanted)) return wanted;
    throw new UserError(
      `${file} has no column ${wanted} (--date); its columns are ${listNames(header)}`,
    );
  }
  const reads = (name: string, bare: boolean) =>
    looksLikeDate(first[header.indexOf(name)] ?? '', bare);
  const found =
    header.find((name) => DATE_NAMES.test(name) && reads(name, true)) ??
    header.find((name) => reads(name, false));
  if (found !== undefined) return found;
  throw new UserError(
    `${file} has no column of dates that was recognised; name it with --date (columns: ${listNames(header)})`,
  );
}

function chooseTarget(
  file: string,
  header: string[],
  first: string[],
  date: string,
  wanted: string | undefined,
): string {
  const others = header.filter((name) => name !== date);
  if (wanted === undefined) {
    const numeric = others.filter((name) => {
      const cell = first[header.indexOf(name)] ?? '';
      return isNumber(cell) || isMissing(cell);
    });
    throw new UserError(
      `say which column of ${file} to forecast with --target: ${listNames(numeric.length > 0 ? numeric : others)}`,
    );
  }
  if (!header.includes(wanted)) {
    throw new UserError(
      `${file} has no column ${wanted} (--target); its columns are ${listNames(header)}`,
    );
  }
  if (wanted === date) throw new UserError(`--target ${wanted} is the column of dates`);
  return wanted;
}

function checkFeatures(file: string, header: string[], features: string[], taken: string[]): void {
  for (const name of features) {
    if (!header.includes(name)) {
      throw new UserError(
        `${file} has no column ${name} (--features); its columns are ${listNames(header)}`,
      );
    }
    if (taken.includes(name)) {
      throw new UserError(
        `--features ${name}: the ${name === taken[0] ? 'column of dates' : 'target'} is an input already`,
      );
    }
  }
}
