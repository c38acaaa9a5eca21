import type { Step } from '../data/step.ts';

export const MODEL_KINDS = ['lstm', 'gru', 'rnn', 'linear'] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** What `forecast` is asked to do; a missing value means its default. */
export interface ForecastOptions {
  file: string;
  target?: string;
  horizon: number;
  features: string[];
  date?: string;
  /** Steps of input. @default by the step of the series, less for a short one */
  window?: number;
  model: ModelKind;
  epochs: number;
  learningRate: number;
  seed: number;
  /** Share of actual values the interval should hold. */
  level: number;
}

const WINDOWS: Record<string, number> = {
  second: 60,
  minute: 60,
  hour: 48,
  day: 28,
  'working day': 20,
  week: 26,
  month: 24,
  quarter: 12,
  year: 10,
};

/** Steps of input when none are asked for: at least twice the horizon, at most a sixth of the series. */
export function defaultWindow(step: Step, length: number, horizon: number): number {
  const usual = Math.max(WINDOWS[step.name] ?? WINDOWS[step.unit] ?? 30, horizon);
  return Math.max(3, Math.min(usual, Math.floor(length / 6)));
}
