import type { Series } from '../../ts/table/series.ts';

export const DAY = 86_400_000;
/** The step of a daily series. */
export const daily = { unit: 'day', every: 1, name: 'day', length: DAY } as const;

/** A daily series from 1970-01-01 without a file. */
export function makeSeries(target: Float64Array, features: Series['features'] = []): Series {
  return {
    file: 'f.csv',
    dateColumn: 'date',
    targetName: 'y',
    timeline: { start: 0, step: daily, rows: new Int32Array(target.length), notes: [] },
    target,
    features,
    featureShapes: features.map(({ name }) => ({ name })),
    rows: target.length,
    filled: 0,
    notes: [],
  };
}
