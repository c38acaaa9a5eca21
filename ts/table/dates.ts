import { TableError } from './errors.ts';

/** Milliseconds since 1970 (UTC) of every row, and what had to be assumed. */
export interface DateColumn {
  times: Float64Array;
  notes: string[];
}

type Order = 'month first' | 'day first';

const CLOCK = String.raw`(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(am|pm)?\s*(z|[+-]\d{2}:?\d{2})?)?`;
const ISO = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})(?:\2(\d{1,2}))?${CLOCK}$`, 'i');
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;
const YEAR = /^\d{4}$/;
const QUARTER = /^(\d{4})[- ]?q([1-4])$/i;
const PARTS = new RegExp(String.raw`^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})${CLOCK}$`, 'i');
const UNIX_SECONDS = /^\d{9,10}$/;
const UNIX_MILLISECONDS = /^\d{12,13}$/;
const WORDS = /^(?=.*[a-z]{3})(?=.*\d{4})[a-z0-9 ,:.-]+$/i;

/** True if the text reads as a date in one of the known forms. A bare number does not, unless `bare`. */
export function looksLikeDate(text: string, bare = false): boolean {
  if (/^\d+$/.test(text) && !bare) return false;
  return !Number.isNaN(readDate(text, 'month first')) || !Number.isNaN(readDate(text, 'day first'));
}

/**
 * Reads a column of dates: 2012-01-31 (or with / or .), 20120131, 2012-01, 2012, 2012-Q1, 1/31/2012,
 * 31.1.2012, Jan 31 2012, each with or without a time of day, and Unix seconds or milliseconds.
 * Dates without a zone are taken as UTC. Where 1/2/2012 could be read both ways the whole column decides:
 * the order in which all rows are dates, then the one with the more even steps.
 *
 * @param lines line in the file of every row, for messages
 * @throws {TableError} at the first cell that is not a date
 */
export function parseDates(where: string, texts: string[], lines: number[]): DateColumn {
  const monthFirst = readAll(texts, 'month first');
  const dayFirst = texts.some((text) => PARTS.test(text))
    ? readAll(texts, 'day first')
    : monthFirst;
  const bad = Math.max(monthFirst.bad, dayFirst.bad);
  if (monthFirst.bad >= 0 && dayFirst.bad >= 0) {
    const text = texts[bad] as string;
    throw new TableError(
      text === ''
        ? `${where}, line ${lines[bad]}: the date is missing`
        : `${where}, line ${lines[bad]}: '${text.slice(0, 40)}' is not a date (2012-01-31 is the clearest form)`,
    );
  }
  if (monthFirst === dayFirst) return { times: monthFirst.times, notes: [] };
  if (monthFirst.bad >= 0) return { times: dayFirst.times, notes: [] };
  if (dayFirst.bad >= 0) return { times: monthFirst.times, notes: [] };
  const order: Order =
    evenness(dayFirst.times) > evenness(monthFirst.times) ? 'day first' : 'month first';
  return {
    times: (order === 'day first' ? dayFirst : monthFirst).times,
    notes: [
      `Dates like ${texts[0]} were read with the ${order}, as the steps between rows suggest.`,
    ],
  };
}

/** `bad` is the row of the first cell that is not a date, or −1. */
function readAll(texts: string[], order: Order): { times: Float64Array; bad: number } {
  const times = new Float64Array(texts.length);
  for (let row = 0; row < texts.length; row++) {
    const time = readDate(texts[row] as string, order);
    if (Number.isNaN(time)) return { times, bad: row };
    times[row] = time;
  }
  return { times, bad: -1 };
}

/** Share of the steps between neighbouring rows that have the commonest length. */
function evenness(times: Float64Array): number {
  const counts = new Map<number, number>();
  for (let i = 1; i < times.length; i++) {
    const step = Math.abs((times[i] as number) - (times[i - 1] as number));
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let most = 0;
  for (const n of counts.values()) most = Math.max(most, n);
  return most / Math.max(1, times.length - 1);
}

function readDate(text: string, order: Order): number {
  let match = ISO.exec(text);
  if (match) return utc(match[1], match[3], match[4] ?? '1', match.slice(5));
  match = PARTS.exec(text);
  if (match) {
    const [month, day] = order === 'month first' ? [match[1], match[3]] : [match[3], match[1]];
    const year = match[4] as string;
    const century = year.length === 4 ? '' : Number(year) < 70 ? '20' : '19';
    return utc(century + year, month, day, match.slice(5));
  }
  if (YEAR.test(text)) return utc(text, '1', '1', []);
  match = COMPACT.exec(text);
  if (match) return utc(match[1], match[2], match[3], []);
  match = QUARTER.exec(text);
  if (match) return utc(match[1], String(Number(match[2]) * 3 - 2), '1', []);
  if (UNIX_SECONDS.test(text)) return Number(text) * 1000;
  if (UNIX_MILLISECONDS.test(text)) return Number(text);
  if (WORDS.test(text)) return Date.parse(`${text} UTC`);
  return Number.NaN;
}

/** NaN for a day that the month does not have and for a time that no clock shows. */
function utc(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  [hour = '0', minute = '0', second = '0', half, zone]: (string | undefined)[],
): number {
  const [h12, d, m] = [Number(hour), Number(day), Number(month) - 1];
  if (half !== undefined && (h12 < 1 || h12 > 12)) return Number.NaN;
  const h = half === undefined ? h12 : (h12 % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  if (h > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), m, d);
  if (date.getUTCMonth() !== m || date.getUTCDate() !== d) return Number.NaN;
  date.setUTCHours(h, Number(minute), Number(second));
  return date.getTime() - zoneOffset(zone);
}

function zoneOffset(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return (match[1] === '-' ? -1 : 1) * minutes * 60_000;
}
