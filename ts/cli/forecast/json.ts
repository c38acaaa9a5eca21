import type { Series } from '../data/series.ts';
import { formatTime } from '../data/step.ts';
import { timeAt } from '../data/timeline.ts';
import type { Cycle } from './calendar.ts';
import type { Scores } from './metrics.ts';
import { type ForecastResult, type ForecastRow, verdict, winner } from './result.ts';

/** The one object that `--json` prints. */
export function forecastJson(result: ForecastResult, files: { saved?: string; report?: string }) {
  const { options, series, split, model, interval, baselines } = result;
  const { timeline } = series;
  const date = (i: number) => formatTime(timeline.step, timeAt(timeline, i));
  return {
    model: {
      kind: options.model,
      description: model.description,
      parameters: model.parameters,
      window: result.window,
      inputs: inputNames(series, result.cycles),
      epochs: model.curve.loss.length,
      bestEpoch: model.curve.best + 1,
      units: options.model === 'linear' ? undefined : options.units,
      recurrentDropout: options.model === 'linear' ? undefined : options.recurrentDropout,
      learningRate: options.learningRate,
      seed: options.seed,
      seconds: round(model.seconds),
    },
    data: dataJson(series),
    split: { trainEnd: date(split.trainEnd - 1), validationEnd: date(split.holdoutStart - 1) },
    validation: rounded(result.validation),
    holdout: rounded(result.holdout),
    baselines: {
      naive: rounded(baselines.naive),
      seasonalNaive: { ...rounded(baselines.seasonalNaive), season: result.season },
      linear: rounded(baselines.linear),
    },
    best: winner(result),
    verdict: verdict(result),
    interval: { level: interval.level, coverage: round(result.coverage) },
    forecast: rowsJson(result.forecast),
    ...files,
  };
}

/** What a model sees, in words. */
export function inputNames({ targetName, features }: Series, cycles: Cycle[]): string[] {
  const calendar = cycles.map((cycle) => `time of ${cycle}`);
  return [targetName, ...features.map(({ name }) => name), ...calendar];
}

/** What was read. */
export function dataJson({ timeline, ...series }: Series) {
  const date = (i: number) => formatTime(timeline.step, timeAt(timeline, i));
  return {
    file: series.file,
    target: series.targetName,
    date: series.dateColumn,
    rows: series.rows,
    steps: timeline.rows.length,
    step: timeline.step.name,
    from: date(0),
    to: date(timeline.rows.length - 1),
    filled: series.filled,
    notes: series.notes,
  };
}

/** The next steps. */
export function rowsJson(rows: ForecastRow[]): ForecastRow[] {
  return rows.map(({ date, value, low, high }) => {
    return { date, value: round(value), low: round(low), high: round(high) };
  });
}

function rounded({ mae, rmse, mase }: Scores): Scores {
  return { mae: round(mae), rmse: round(rmse), mase: round(mase) };
}

/** Six significant digits. */
function round(value: number): number {
  return Number(value.toPrecision(6));
}
