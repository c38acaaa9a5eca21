import { checkSignal } from '../abortable.ts';
import { callable, fail, knownOptions } from '../check.ts';
import type { AbortSignalLike } from '../platform.ts';
import { count, listNames } from '../words.ts';
import { TableError } from './errors.ts';
import { type FeatureShape, featureColumn, isMissing, isNumber, numberColumn } from './cells.ts';
import type { TableSource } from './chunks.ts';
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

/** What to read of a table. */
export interface SeriesRequest {
  /** Column to forecast. Required; left out, the error lists the columns. */
  readonly target?: string;
  /** Further input columns. @default [] */
  readonly features?: readonly string[];
  /** Column of dates. @default found by name, then by content */
  readonly date?: string;
  /** What a saved model was trained on: the table must fit it. */
  readonly trained?: {
    /** The step of its series. */
    readonly step: Step;
    /** How its features became channels. */
    readonly features: readonly FeatureShape[];
  };
  /** Name of the table in messages, such as that of its file. @default 'the table' */
  readonly name?: string;
  /** How messages name an option, for a program that gives its options other names. @default in backticks */
  readonly optionName?: (option: string) => string;
  /** Ends the reading: it rejects with an AbortError. */
  readonly signal?: AbortSignalLike;
}

/** A request with what messages need. */
type Request = SeriesRequest & Required<Pick<SeriesRequest, 'name' | 'optionName' | 'features'>>;

/** A column of numbers with a name. */
export interface Channel {
  /** The column's own, or `column=category`. */
  name: string;
  /** One value a step; NaN in gaps too long to fill. */
  values: Float64Array;
}

/** Columns of a table on an even time grid, gaps filled; NaN only in gaps too long to fill. */
export interface Series {
  /** Name of the table in messages, such as that of its file. */
  file: string;
  /** Column of the dates. */
  dateColumn: string;
  /** Column of the target. */
  targetName: string;
  /** Dates of the steps. */
  timeline: Timeline;
  /** Values of the target, one a step. */
  target: Float64Array;
  /** Channels of the features. */
  features: Channel[];
  /** How columns became channels. */
  featureShapes: FeatureShape[];
  /** Rows in the table. */
  rows: number;
  /** Steps of the target filled by interpolation. */
  filled: number;
  /** What was done to the rows, one sentence each. */
  notes: string[];
}

const DATE_NAMES =
  /^(date|datetime|date[ _-]?time|time|timestamp|ds|day|week|month|quarter|year|period)$/i;

/**
 * Reads a series from CSV: chooses columns, sorts by date, checks the step and fills gaps.
 *
 * @param source - text or bytes of the table, or a stream of its bytes
 * @throws {TableError} in one line for whatever is wrong with the table or the request
 */
export async function readSeries(source: TableSource, given: SeriesRequest): Promise<Series> {
  checkRequest(given);
  const request: Request = {
    ...given,
    name: given.name ?? 'the table',
    features: given.features ?? [],
    optionName: given.optionName ?? ((option) => `\`${option}\``),
  };
  let dateColumn = '';
  const choose = (header: string[], first: string[]) => {
    if (request.trained) checkNeeded(header, request);
    dateColumn = chooseDate(header, first, request);
    const target = chooseTarget(header, first, dateColumn, request);
    checkFeatures(header, [dateColumn, target], request);
    return [dateColumn, target, ...request.features];
  };
  const signal = checkSignal('readSeries', request.signal);
  const table = await readTable(source, request.name, choose, signal ? { signal } : {});
  return assemble(table, dateColumn, request);
}

const OPTIONS = ['target', 'features', 'date', 'trained', 'name', 'optionName', 'signal'];

/** @throws {SpecError} for an option that is unknown or of another type */
function checkRequest(request: SeriesRequest): void {
  const where = 'readSeries';
  knownOptions(where, request, OPTIONS);
  const isText = (value: unknown) => typeof value === 'string';
  for (const option of ['target', 'date', 'name'] as const) {
    const value = request[option];
    if (value !== undefined && !isText(value)) fail(`${where}: ${option}`, 'a text', value);
  }
  const { features = [], optionName } = request;
  if (!Array.isArray(features) || !features.every(isText)) {
    fail(`${where}: features`, 'a list of columns', features);
  }
  callable(`${where}: optionName`, optionName);
  const { trained } = request;
  if (trained !== undefined && (!trained?.step?.unit || !Array.isArray(trained.features))) {
    fail(`${where}: trained`, 'what requestOf of unrolled/forecast gives', trained);
  }
}

function assemble(
  table: Table,
  dateColumn: string,
  { target: wanted, features: names, trained }: Request,
): Series {
  const targetName = wanted as string;
  const where = `${table.file}, column ${dateColumn}`;
  const column = (name: string) => table.columns.get(name) as string[];
  const dates = parseDates(where, column(dateColumn), table.lines);
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
  if (first < 0) throw new TableError(`${table.file}: column ${targetName} has no values`);
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
  header: string[],
  { name: file, target, features, date, optionName }: Request,
): void {
  const missing = [target, ...features, date].find((name) => name && !header.includes(name));
  if (missing === undefined) return;
  const hint = missing === date ? ` (${optionName('date')} names another column of dates)` : '';
  throw new TableError(
    `${file} has no column ${missing}, which the model needs${hint}; its columns are ${listNames(header)}`,
  );
}

/** @throws {TableError} if an option names a column that the table has not */
function checkColumn(header: string[], column: string, option: string, request: Request): void {
  if (header.includes(column)) return;
  throw new TableError(
    `${request.name} has no column ${column} (${request.optionName(option)}); its columns are ${listNames(header)}`,
  );
}

function chooseDate(header: string[], first: string[], request: Request): string {
  const { name: file, date: wanted, optionName } = request;
  if (wanted !== undefined) {
    checkColumn(header, wanted, 'date', request);
    return wanted;
  }
  const reads = (name: string, bare: boolean) =>
    looksLikeDate(first[header.indexOf(name)] ?? '', bare);
  const found =
    header.find((name) => DATE_NAMES.test(name) && reads(name, true)) ??
    header.find((name) => reads(name, false));
  if (found !== undefined) return found;
  throw new TableError(
    `${file} has no column of dates that was recognised; name it with ${optionName('date')} (columns: ${listNames(header)})`,
  );
}

function chooseTarget(header: string[], first: string[], date: string, request: Request): string {
  const { name: file, target: wanted, optionName } = request;
  if (wanted === undefined) {
    const others = header.filter((name) => name !== date);
    const numeric = others.filter((name) => {
      const cell = first[header.indexOf(name)] ?? '';
      return isNumber(cell) || isMissing(cell);
    });
    throw new TableError(
      `say which column of ${file} to forecast with ${optionName('target')}: ${listNames(numeric.length > 0 ? numeric : others)}`,
    );
  }
  checkColumn(header, wanted, 'target', request);
  if (wanted === date) {
    throw new TableError(`${optionName('target')} ${wanted} is the column of dates`);
  }
  return wanted;
}

function checkFeatures(header: string[], taken: string[], request: Request): void {
  for (const name of request.features) {
    checkColumn(header, name, 'features', request);
    if (taken.includes(name)) {
      throw new TableError(
        `${request.optionName('features')} ${name}: the ${name === taken[0] ? 'column of dates' : 'target'} is an input already`,
      );
    }
  }
}
