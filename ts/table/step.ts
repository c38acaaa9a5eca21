import { fail, finite } from '../check.ts';
import { count } from '../words.ts';
import { TableError } from './errors.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Mean lengths in milliseconds. */
const LENGTHS = {
  day: DAY,
  hour: HOUR,
  minute: MINUTE,
  second: SECOND,
  weekday: 1.4 * DAY,
  month: 30.436875 * DAY,
} as const;

/** What steps are counted in; a weekday is a working day. */
export type Unit = keyof typeof LENGTHS;
export const UNITS = Object.keys(LENGTHS) as Unit[];

/** The even step of a series: `every` units. A week is seven days, a quarter three months, a year twelve. */
export interface Step {
  /** What the step is counted in. */
  unit: Unit;
  /** How many of them it is. */
  every: number;
  /** "day", "week", "15 minutes"; used in messages. */
  name: string;
  /** Mean length in milliseconds. */
  length: number;
}

/**
 * Infers the step of sorted, distinct times: months, quarters and years by the calendar, working days if
 * no row falls on a weekend, else the commonest difference.
 *
 * @throws {TableError} with fewer than three times, or a step below a second
 */
export function inferStep(where: string, times: Float64Array): Step {
  if (times.length < 3)
    throw new TableError(`${where}: ${times.length} dated rows are too few for a series`);
  const differences = Float64Array.from({ length: times.length - 1 }, (_, i) => {
    return (times[i + 1] as number) - (times[i] as number);
  });
  const sorted = differences.toSorted();
  const median = sorted[sorted.length >> 1] as number;
  const months = monthsIn(median, sorted[0] as number);
  if (months > 0) return makeStep('month', months);
  const common = mode(sorted);
  if (common < SECOND) throw new TableError(`${where}: rows are less than a second apart`);
  if (common === DAY && differences.some((d) => d > DAY) && !times.some(isWeekend)) {
    return makeStep('weekday', 1);
  }
  for (const unit of ['day', 'hour', 'minute', 'second'] as const) {
    const every = common / LENGTHS[unit];
    if (Number.isInteger(every)) return makeStep(unit, every);
  }
  throw new TableError(
    `${where}: rows are ${common} ms apart; a whole number of seconds is expected`,
  );
}

/**
 * The step a model was trained with, if these times have it. A few rows inside one week cannot show that
 * weekends are left out.
 *
 * @throws {TableError} if they have another
 */
export function requireStep(where: string, times: Float64Array, wanted: Step): Step {
  const found = inferStep(where, times);
  const insideWeek = wanted.unit === 'weekday' && found.name === 'day' && !times.some(isWeekend);
  if ((found.unit === wanted.unit && found.every === wanted.every) || insideWeek) return wanted;
  throw new TableError(
    `${where}: one row ${stepRate(found)}, but the model was trained on one ${stepRate(wanted)}`,
  );
}

/** The step of `every` units. */
export function makeStep(unit: Unit, every: number): Step {
  return { unit, every, length: every * LENGTHS[unit], name: stepName(unit, every) };
}

function stepName(unit: Unit, every: number): string {
  const named: Record<string, string> = {
    'month 3': 'quarter',
    'month 12': 'year',
    'day 7': 'week',
  };
  const single = unit === 'weekday' ? 'working day' : unit;
  return named[`${unit} ${every}`] ?? (every === 1 ? single : `${every} ${single}s`);
}

const isSeveral = ({ name }: Step): boolean => /^\d/.test(name);

/** "a day", "an hour", "15 minutes". */
export function stepLength(step: Step): string {
  if (isSeveral(step)) return step.name;
  return `${step.name === 'hour' ? 'an' : 'a'} ${step.name}`;
}

/** @throws {SpecError} for what is no step of a series */
function checkStep(where: string, step: Step): void {
  if (typeof step?.name !== 'string') fail(where, 'the step of a series', step);
}

/** How often there is a value: "a day", "every 15 minutes". */
export function stepRate(step: Step): string {
  checkStep('stepRate', step);
  return isSeveral(step) ? `every ${step.name}` : stepLength(step);
}

/** "1 day", "7 missing days", "7 steps of 15 minutes". */
export function countSteps(step: Step, n: number, which = ''): string {
  checkStep('countSteps', step);
  finite('countSteps: n', n);
  if (isSeveral(step)) return `${count(n, `${which}step`)} of ${step.name}`;
  return count(n, `${which}${step.name}`);
}

/** "days", "steps of 15 minutes". */
export function stepsName(step: Step): string {
  checkStep('stepsName', step);
  return isSeveral(step) ? `steps of ${step.name}` : `${step.name}s`;
}

/** 1, 3 or 12 if rows are that many months apart, else 0. */
function monthsIn(median: number, smallest: number): number {
  for (const [months, least, most] of [
    [1, 28, 31],
    [3, 89, 92],
    [12, 365, 366],
  ] as const) {
    if (median >= least * DAY && median <= most * DAY && smallest >= least * DAY) return months;
  }
  return 0;
}

function mode(sorted: Float64Array): number {
  let [best, bestRun, run] = [sorted[0] as number, 0, 0];
  for (let i = 0; i < sorted.length; i++) {
    run = i > 0 && sorted[i] === sorted[i - 1] ? run + 1 : 1;
    if (run > bestRun) [best, bestRun] = [sorted[i] as number, run];
  }
  return best;
}

function isWeekend(time: number): boolean {
  const day = new Date(time).getUTCDay();
  return day === 0 || day === 6;
}

/** Working days since Monday 1969-12-29. */
function weekdays(time: number): number {
  const days = Math.floor(time / DAY) + 3;
  return Math.floor(days / 7) * 5 + Math.min(4, ((days % 7) + 7) % 7);
}

function months(time: number): number {
  const date = new Date(time);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** How many steps `time` is after `start`; a fraction if it falls between two steps. */
export function stepsBetween({ unit, every, length }: Step, start: number, time: number): number {
  if (unit === 'month') return (months(time) - months(start)) / every;
  if (unit === 'weekday') return weekdays(time) - weekdays(start);
  return (time - start) / length;
}

/** The time `n` steps after `start`. A month keeps the day of `start`, or its own last day if it has no such day. */
export function addSteps({ unit, every, length }: Step, start: number, n: number): number {
  if (unit === 'month') return addMonths(start, n * every);
  if (unit === 'weekday') {
    const ahead = weekdays(start) + n;
    const days = Math.floor(ahead / 5) * 7 + (ahead - Math.floor(ahead / 5) * 5) - 3;
    return days * DAY + (start - Math.floor(start / DAY) * DAY);
  }
  return start + n * length;
}

function addMonths(start: number, n: number): number {
  const from = new Date(start);
  const lastDay = (year: number, month: number) =>
    new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const year = from.getUTCFullYear();
  const month = from.getUTCMonth() + n;
  const isLast = from.getUTCDate() === lastDay(year, from.getUTCMonth());
  const target = new Date(start);
  const last = lastDay(year, month);
  target.setUTCFullYear(
    year,
    month,
    isLast && from.getUTCDate() > 27 ? last : Math.min(from.getUTCDate(), last),
  );
  return target.getTime();
}

/** 2016-01-01, with the time of day where steps are shorter than a day, or the year alone for yearly series. */
export function formatTime({ unit, every }: Step, time: number): string {
  const text = new Date(time).toISOString();
  if (unit === 'month' && every === 12 && text.slice(5, 19) === '01-01T00:00:00')
    return text.slice(0, 4);
  if (unit === 'second') return text.slice(0, 19);
  return unit === 'minute' || unit === 'hour' ? text.slice(0, 16) : text.slice(0, 10);
}
