export type { Cycle } from './calendar.ts';
export { ForecastError, isForecastError } from './errors.ts';
export { forecast } from './forecast.ts';
export type { Interval } from './interval.ts';
export type { Forecasts, Scores } from './metrics.ts';
export {
  DEFAULTS,
  type ForecastOptions,
  MODEL_KINDS,
  type ModelKind,
  MOST_HORIZON,
  MOST_WINDOW,
  type OptionName,
  type Settings,
} from './options.ts';
export { predict, type PredictOptions } from './predict.ts';
export { readRecipe } from './readRecipe.ts';
export { type Recipe, requestOf } from './recipe.ts';
export type {
  Findings,
  ForecastResult,
  ForecastRow,
  LearningCurve,
  Rival,
  TrainingSummary,
} from './result.ts';
export type { Split } from './split.ts';
