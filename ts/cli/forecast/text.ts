import { formatTime } from '../data/step.ts';
import { timeAt } from '../data/timeline.ts';
import { alignColumns } from '../table.ts';
import { type ForecastResult, nameOf, percent, RIVALS, verdict } from './result.ts';

/** The result for a terminal: data, metrics, verdict and the next steps. */
export function forecastText(result: ForecastResult): string {
  const { series, options, interval } = result;
  return [
    describeData(result),
    ...series.notes.map((note) => `  ${note}`),
    describeModel(result),
    describeSplit(result),
    '',
    `Held-out part (${describeHoldout(result)}):`,
    metricsTable(result),
    verdict(result),
    `MASE 1 is the error of the ${lagName(result)} inside the training part.`,
    '',
    `Next ${options.horizon} ${series.timeline.step.name}s of ${series.targetName}, with an interval meant to hold ${percent(interval.level)} of the values (${percent(result.coverage)} of the held-out ones):`,
    forecastTable(result),
  ].join('\n');
}

export function describeData({ series }: ForecastResult): string {
  const { timeline } = series;
  const last = timeAt(timeline, timeline.rows.length - 1);
  return `${series.file}: ${series.targetName}, one value a ${timeline.step.name}, ${formatTime(timeline.step, timeline.start)} to ${formatTime(timeline.step, last)}, ${timeline.rows.length} values.`;
}

export function describeModel({ model, window, series, cycles, options }: ForecastResult): string {
  const { curve } = model;
  const more = [
    ...series.features.map(({ name }) => name),
    ...cycles.map((cycle) => `time of ${cycle}`),
  ];
  const inputs = `the last ${window} values${more.length > 0 ? ` with ${more.join(', ')}` : ''}`;
  return `Model: ${model.description}, ${model.parameters} parameters, from ${inputs}; ${curve.loss.length} epochs in ${model.seconds.toFixed(1)} s (best: ${curve.best + 1}), seed ${options.seed}.`;
}

export function describeHoldout({ series, split, held }: ForecastResult): string {
  const { timeline } = series;
  const from = formatTime(timeline.step, timeAt(timeline, split.holdoutStart));
  const to = formatTime(timeline.step, timeAt(timeline, split.length - 1));
  return `${from} to ${to}, ${held.model.origins.length} forecasts of ${held.model.horizon} steps, unseen in training`;
}

/** Which dates trained the model and which chose the epoch. */
export function describeSplit({ series, split }: ForecastResult): string {
  const { timeline } = series;
  const date = (i: number) => formatTime(timeline.step, timeAt(timeline, i));
  return `Trained on ${date(0)} to ${date(split.trainEnd - 1)}; the epoch was chosen on the validation part, ${date(split.trainEnd)} to ${date(split.holdoutStart - 1)}.`;
}

export function lagName({ season, series }: ForecastResult): string {
  const step = series.timeline.step.name;
  return season === 1 ? 'last value, one step ahead' : `value ${season} ${step}s earlier`;
}

function metricsTable(result: ForecastResult): string {
  const { holdout, baselines } = result;
  const row = (name: string, s: { mae: number; rmse: number; mase: number }) => [
    `  ${name}`,
    significant(s.mae),
    significant(s.rmse),
    s.mase.toFixed(3),
  ];
  return alignColumns([
    ['  ', 'MAE', 'RMSE', 'MASE'],
    row(nameOf(result, 'model'), holdout),
    ...RIVALS.map((rival) => row(nameOf(result, rival), baselines[rival])),
  ]);
}

function forecastTable({ forecast }: ForecastResult): string {
  return alignColumns([
    ['  date', 'value', 'low', 'high'],
    ...forecast.map(({ date, value, low, high }) => [
      `  ${date}`,
      significant(value),
      significant(low),
      significant(high),
    ]),
  ]);
}

/** Four significant digits without an exponent in the usual range. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(3);
  const digits = size === 0 ? 3 : Math.max(0, 3 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(6, digits));
}
