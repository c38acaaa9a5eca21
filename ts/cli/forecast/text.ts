import { basename } from 'node:path';
import type { Findings } from '../../forecast/index.ts';
import { countSteps, dateAt, stepRate } from '../../table/index.ts';
import { count } from '../../words.ts';
import { alignColumns } from '../columns.ts';
import { nameOf, percent, RIVALS, verdict } from './words.ts';

/** The result for a terminal: data, metrics, verdict and the next steps. */
export function forecastText(result: Findings): string {
  const { series, interval, forecast, coverage } = result;
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
    nextSteps({ series, forecast, level: interval.level, coverage }),
  ].join('\n');
}

/** The table of the next steps with its heading. */
export function nextSteps({
  series,
  forecast,
  level,
  coverage,
}: Pick<Findings, 'series' | 'forecast'> & { level: number; coverage?: number }): string {
  const { step } = series.timeline;
  const steps = forecast.length === 1 ? step.name : countSteps(step, forecast.length);
  const held = coverage === undefined ? '' : ` (${percent(coverage)} of the held-out ones)`;
  return `Next ${steps} of ${series.targetName}, with an interval meant to hold ${percent(level)} of the values${held}:\n${forecastTable({ forecast })}`;
}

export function describeData({ series }: Pick<Findings, 'series'>): string {
  const { timeline } = series;
  const last = dateAt(timeline, timeline.rows.length - 1);
  return `${basename(series.file)}: ${series.targetName}, one value ${stepRate(timeline.step)}, ${dateAt(timeline, 0)} to ${last}, ${timeline.rows.length} values.`;
}

export function describeModel(findings: Findings): string {
  const { training, window, series, cycles, settings } = findings;
  const { curve } = training;
  const more = [
    ...series.features.map(({ name }) => name),
    ...cycles.map((cycle) => `time of ${cycle}`),
  ];
  const inputs = `the last ${window} values${more.length > 0 ? ` with ${more.join(', ')}` : ''}`;
  return `Model: ${training.description}, ${training.parameters} parameters, from ${inputs}; ${count(curve.loss.length, 'epoch')} in ${training.seconds.toFixed(1)} s (best: ${curve.best + 1}), seed ${settings.seed}.`;
}

export function describeHoldout({ series, split, held }: Findings): string {
  const { timeline } = series;
  const from = dateAt(timeline, split.holdoutStart);
  const to = dateAt(timeline, split.length - 1);
  return `${from} to ${to}, ${count(held.model.origins.length, 'forecast')} of ${count(held.model.horizon, 'step')}, unseen in training`;
}

/** Which dates trained the model and which chose the epoch. */
export function describeSplit({ series, split }: Findings): string {
  const { timeline } = series;
  const date = (i: number) => dateAt(timeline, i);
  return `Trained on ${date(0)} to ${date(split.trainEnd - 1)}; the epoch was chosen on the validation part, ${date(split.trainEnd)} to ${date(split.holdoutStart - 1)}.`;
}

export function lagName({ scaleLag, series }: Findings): string {
  return scaleLag === 1
    ? 'last value, one step ahead'
    : `value ${countSteps(series.timeline.step, scaleLag)} earlier`;
}

function metricsTable(result: Findings): string {
  return alignColumns([
    ['  ', 'MAE', 'RMSE', 'MASE'],
    ...metricsRows(result).map(({ name, cells }) => [`  ${name}`, ...cells]),
  ]);
}

function forecastTable(result: Pick<Findings, 'forecast'>): string {
  return alignColumns([
    ['  date', 'value', 'low', 'high'],
    ...forecastCells(result).map(([date, ...cells]) => [`  ${date}`, ...cells]),
  ]);
}

/** Scores of the model and its rivals as text, MAE and RMSE with the same decimals. */
export function metricsRows(result: Findings) {
  const all = { model: result.holdout, ...result.baselines };
  const show = decimals(Object.values(all).flatMap(({ mae, rmse }) => [mae, rmse]));
  return (['model', ...RIVALS] as const).map((who) => {
    const { mae, rmse, mase } = all[who];
    return { who, name: nameOf(result, who), cells: [show(mae), show(rmse), mase.toFixed(3)] };
  });
}

/** Date, value, low and high of every forecast as text, with the same decimals. */
export function forecastCells({ forecast }: Pick<Findings, 'forecast'>): string[][] {
  const show = decimals(forecast.flatMap(({ value, low, high }) => [value, low, high]));
  return forecast.map(({ date, value, low, high }) => [date, show(value), show(low), show(high)]);
}

/** Shows values with the decimals that give the largest of them four significant digits. */
export function decimals(values: number[]): (value: number) => string {
  const size = Math.max(...values.map(Math.abs));
  if (size < 1e-4 || size >= 1e9) return (value) => value.toExponential(3);
  const digits = Math.max(0, 3 - Math.floor(Math.log10(size)));
  return (value) => value.toFixed(digits);
}
