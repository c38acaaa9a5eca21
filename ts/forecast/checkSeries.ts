import { fail } from '../check.ts';
import type { Series } from '../table/series.ts';

/** @throws {SpecError} if this is no series that `readSeries` gave, or one whose parts do not fit */
export function checkSeries(where: string, series: Series): void {
  const { target, timeline, features } = series ?? {};
  if (!(target instanceof Float64Array) || !Array.isArray(features) || !timeline?.rows) {
    fail(where, 'a series, as readSeries of unrolled/table gives it', series);
  }
  const columns = [timeline.rows, ...features.map(({ values }) => values)];
  const other = columns.find(({ length }) => length !== target.length);
  if (other !== undefined) {
    fail(where, `a value of every channel at each of ${target.length} steps`, other.length);
  }
}
