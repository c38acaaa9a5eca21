export type { FeatureShape } from './cells.ts';
export type { TableSource } from './chunks.ts';
export { isTableError, TableError } from './errors.ts';
export { type Channel, readSeries, type Series, type SeriesRequest } from './series.ts';
export { countSteps, type Step, stepRate, stepsName, type Unit } from './step.ts';
export { dateAt, type Timeline, timeAt } from './timeline.ts';
