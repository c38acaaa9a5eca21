import type { Cycle, Findings, ForecastRow, Scores } from '../../forecast/index.ts';
import { dateAt, type Series } from '../../table/index.ts';
import { verdict, winner } from './words.ts';

/** The one object that `--json` prints. */
export function forecastJson(findings: Findings, files: { saved?: string; report?: string }) {
  const { settings, series, split, training, interval, baselines } = findings;
  const { timeline } = series;
  const date = (i: number) => dateAt(timeline, i);
  return {
    model: {
      kind: settings.model,
      description: training.description,
      parameters: training.parameters,
      window: findings.window,
      inputs: inputNames(series, findings.cycles),
      epochs: training.curve.loss.length,
      bestEpoch: training.curve.best + 1,
      units: settings.model === 'linear' ? undefined : settings.units,
      recurrentDropout: settings.model === 'linear' ? undefined : settings.recurrentDropout,
      learningRate: settings.learningRate,
      seed: settings.seed,
      seconds: round(training.seconds),
    },
    data: dataJson(series),
    split: { trainEnd: date(split.trainEnd - 1), validationEnd: date(split.holdoutStart - 1) },
    validation: rounded(findings.validation),
    holdout: rounded(findings.holdout),
    baselines: {
      naive: rounded(baselines.naive),
      seasonalNaive: { ...rounded(baselines.seasonalNaive), season: findings.season },
      linear: rounded(baselines.linear),
    },
    best: winner(findings),
    verdict: verdict(findings),
    interval: { level: interval.level, coverage: round(findings.coverage) },
    forecast: rowsJson(findings.forecast),
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
  const date = (i: number) => dateAt(timeline, i);
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
