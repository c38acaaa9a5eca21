import { fail, finite } from '../check.ts';
import { count } from '../words.ts';
import { TableError } from './errors.ts';
import {
  addSteps,
  formatTime,
  inferStep,
  requireStep,
  type Step,
  stepLength,
  stepsBetween,
} from './step.ts';

/** Gaps of at most this many steps are filled by straight lines. */
export const LONGEST_FILLED_GAP = 7;

/** Dates in even steps, and which row of the table stands at each. */
export interface Timeline {
  /** Time of the first step, in milliseconds since 1970 (UTC). */
  start: number;
  /** From one date to the next. */
  step: Step;
  /** Row of the table at every step, −1 where there is none. */
  rows: Int32Array;
  /** What was done to the rows, one sentence each. */
  notes: string[];
}

/**
 * Puts rows in order of time on an even grid. Rows that repeat a date with the same values are dropped;
 * other repetitions are refused, because averaging them would hide a second key (a shop, a city).
 *
 * @param sameValues whether two rows hold the same values in the columns used
 * @param wanted the step they must have; found if left out
 * @throws {TableError} for repeated dates, uneven steps, or a grid that is mostly empty
 */
export function makeTimeline(
  where: string,
  times: Float64Array,
  lines: number[],
  sameValues: (a: number, b: number) => boolean,
  wanted?: Step,
): Timeline {
  const notes: string[] = [];
  const order = Uint32Array.from(times, (_, i) => i);
  if (times.some((time, i) => i > 0 && time < (times[i - 1] as number))) {
    order.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
    notes.push('Rows were not in order of date; sorted.');
  }
  const { kept, dropped } = dropRepeated(where, times, lines, order, sameValues);
  if (dropped > 0)
    notes.push(`${count(dropped, 'row')} repeated a date with the same values; dropped.`);

  const sorted = Float64Array.from(kept, (row) => times[row] as number);
  const step = wanted ? requireStep(where, sorted, wanted) : inferStep(where, sorted);
  const start = sorted[0] as number;
  const length = Math.round(stepsBetween(step, start, sorted.at(-1) as number)) + 1;
  if (length > 3 * kept.length + 100) {
    throw new TableError(
      `${where}: dates are ${stepLength(step)} apart, but ${kept.length} rows cover ${length} steps; too many are missing`,
    );
  }
  const rows = new Int32Array(length).fill(-1);
  for (const row of kept) {
    const at = stepsBetween(step, start, times[row] as number);
    if (Math.abs(at - Math.round(at)) > 1e-6 || rows[Math.round(at)] !== -1) {
      const text = formatTime({ ...step, unit: 'minute' }, times[row] as number);
      throw new TableError(
        `${where}, line ${lines[row]}: ${text} does not fit steps of ${stepLength(step)}; dates must be evenly spaced`,
      );
    }
    rows[Math.round(at)] = row;
  }
  return { start, step, rows, notes };
}

function dropRepeated(
  where: string,
  times: Float64Array,
  lines: number[],
  order: Uint32Array,
  sameValues: (a: number, b: number) => boolean,
): { kept: number[]; dropped: number } {
  const kept: number[] = [];
  for (const row of order) {
    const last = kept.at(-1);
    if (last === undefined || times[last] !== times[row]) kept.push(row);
    else if (!sameValues(last, row)) {
      const date = new Date(times[row] as number).toISOString().replace('T00:00:00.000Z', '');
      throw new TableError(
        `${where}: lines ${lines[last]} and ${lines[row]} have the same date (${date}) and different values; keep one row a date, for example by filtering or summing first`,
      );
    }
  }
  return { kept, dropped: order.length - kept.length };
}

/** Time of step `i`, in milliseconds since 1970 (UTC); of a step after the last one too. */
export function timeAt(timeline: Timeline, i: number): number {
  const { start, step } = timeline ?? {};
  if (typeof step?.length !== 'number') fail('timeAt', 'the timeline of a series', timeline);
  return addSteps(step, start, finite('timeAt: step', i));
}

/** Date of step `i` as text: 2016-01-01, with the time of day where steps are shorter than a day. */
export function dateAt(timeline: Timeline, i: number): string {
  const time = timeAt(timeline, i);
  return formatTime(timeline.step, time);
}

/** Values of the rows on the grid, NaN where there is none. */
export function onGrid({ rows }: Timeline, values: Float64Array): Float64Array {
  return Float64Array.from(rows, (row) => (row < 0 ? Number.NaN : (values[row] as number)));
}

/** The part of the timeline from step `from` up to `to`. */
export function sliceTimeline(timeline: Timeline, from: number, to: number): Timeline {
  return { ...timeline, start: timeAt(timeline, from), rows: timeline.rows.slice(from, to) };
}

export interface Filled {
  values: Float64Array;
  /** Steps filled, in how many gaps; gaps left because they are longer. */
  filled: number;
  gaps: number;
  left: number;
}

/**
 * Fills gaps of at most {@link LONGEST_FILLED_GAP} steps by straight lines; longer ones stay NaN.
 * A gap at either end is filled with the nearest value.
 */
export function fillGaps(values: Float64Array): Filled {
  const out = values.slice();
  const result = { values: out, filled: 0, gaps: 0, left: 0 };
  for (let i = 0; i < out.length; i++) {
    if (!Number.isNaN(out[i])) continue;
    let end = i;
    while (end < out.length && Number.isNaN(out[end])) end++;
    const before = i > 0 ? (out[i - 1] as number) : (out[end] as number);
    const after = end < out.length ? (out[end] as number) : before;
    const length = end - i;
    if (length <= LONGEST_FILLED_GAP && !Number.isNaN(before) && before !== undefined) {
      for (let k = 0; k < length; k++)
        out[i + k] = before + ((after - before) * (k + 1)) / (length + 1);
      result.filled += length;
      result.gaps++;
    } else result.left++;
    i = end;
  }
  return result;
}
