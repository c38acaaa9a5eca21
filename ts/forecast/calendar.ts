import { DAY, type Step } from '../table/step.ts';
import { type Timeline, timeAt } from '../table/timeline.ts';

/** A cycle of the calendar, given to the model as sine and cosine of the position in it. */
export type Cycle = 'day' | 'week' | 'year';

const LENGTH: Record<Cycle, number> = { day: DAY, week: 7 * DAY, year: 365.2425 * DAY };

/** Monday 1969-12-29, so that the week's angle starts on a Monday. */
const MONDAY = -3 * DAY;

/** The cycles that a series of this step can show and that fit into `span` milliseconds. */
export function possibleCycles(step: Step, span: number): Cycle[] {
  const cycles: Cycle[] = [];
  if (step.length <= DAY / 3 && span >= 3 * LENGTH.day) cycles.push('day');
  if (step.length <= 2 * DAY && span >= 3 * LENGTH.week) cycles.push('week');
  if (step.length >= DAY / 24 && step.length <= 100 * DAY && span >= LENGTH.year)
    cycles.push('year');
  return cycles;
}

/** All ways to leave cycles out, the smallest choice first. */
export function subsets(cycles: Cycle[]): Cycle[][] {
  const all: Cycle[][] = [[]];
  for (const cycle of cycles) all.push(...all.map((some) => [...some, cycle]));
  return all.sort((a, b) => a.length - b.length);
}

/** Names of the channels of a cycle. */
export const channelsOf = (cycle: Cycle): [sine: string, cosine: string] => [
  `sin(${cycle})`,
  `cos(${cycle})`,
];

/** Sine and cosine of the position in each cycle at every step of the timeline. */
export function calendarChannels(
  timeline: Timeline,
  cycles: Cycle[],
): { name: string; values: Float64Array }[] {
  const times = Float64Array.from(timeline.rows, (_, i) => timeAt(timeline, i));
  return cycles.flatMap((cycle) => {
    const origin = cycle === 'week' ? MONDAY : 0;
    const angles = times.map((time) => ((time - origin) / LENGTH[cycle]) * 2 * Math.PI);
    const [sine, cosine] = channelsOf(cycle);
    return [
      { name: sine, values: angles.map(Math.sin) },
      { name: cosine, values: angles.map(Math.cos) },
    ];
  });
}

/** Steps in a season, for the seasonal-naive forecast: the cycles in steps, as far as they are whole. */
export function possibleSeasons(step: Step): number[] {
  if (step.unit === 'month') return step.every >= 12 ? [] : [12 / step.every];
  if (step.unit === 'weekday') return [5, 261];
  const seasons = Object.values(LENGTH).map((length) => Math.round(length / step.length));
  return seasons.filter((season, i) => {
    const drift = Math.abs(season - (Object.values(LENGTH)[i] as number) / step.length);
    return season > 1 && (i === 2 ? step.length >= DAY / 24 : drift < 1e-9);
  });
}
