import type { Findings, Forecasts } from '../../ts/forecast/index.ts';
import type { Series } from '../../ts/table/index.ts';

/** Findings as `forecast` gives them, made up: no engine is needed to print them. */
export function madeUpFindings(change: Partial<Findings> = {}): Findings {
  const n = 200;
  const target = Float64Array.from({ length: n }, (_, i) => 10 + 3 * Math.sin(i / 5));
  const series: Series = {
    file: 'shop <b>.csv',
    dateColumn: 'date',
    targetName: 'sales & <i>returns</i>',
    timeline: {
      start: Date.UTC(2020, 0, 1),
      step: { unit: 'day', every: 1, name: 'day', length: 86_400_000 },
      rows: new Int32Array(n),
      notes: [],
    },
    target,
    features: [],
    featureShapes: [],
    rows: n,
    filled: 2,
    notes: ['Filled 2 missing days in 1 gap by straight lines.'],
  };
  const origins = Array.from({ length: 38 }, (_, i) => 160 + i);
  const forecasts = (offset: number): Forecasts => {
    const values = new Float64Array(origins.length * 3);
    origins.forEach((t, i) => {
      values.set(
        [0, 1, 2].map((h) => (target[t + h] as number) + offset),
        i * 3,
      );
    });
    return { origins, horizon: 3, values };
  };
  return {
    settings: {
      horizon: 3,
      model: 'lstm',
      units: 32,
      recurrentDropout: 0,
      epochs: 5,
      learningRate: 0.01,
      seed: 1,
      level: 0.8,
    },
    series,
    split: { trainEnd: 120, holdoutStart: 160, length: n },
    window: 28,
    cycles: ['week'],
    season: 7,
    scaleLag: 7,
    training: {
      description: 'LSTM(32), Dense(3)',
      parameters: 4,
      curve: { loss: [1, 0.5, 0.4], valLoss: [1.1, 0.6, 0.7], best: 1 },
      seconds: 1.25,
    },
    validation: { mae: 0.09, rmse: 0.19, mase: 0.45 },
    holdout: { mae: 0.1, rmse: 0.2, mase: 0.5 },
    baselines: {
      naive: { mae: 0.4, rmse: 0.5, mase: 2 },
      seasonalNaive: { mae: 0.3, rmse: 0.4, mase: 1.5 },
      linear: { mae: 0.2, rmse: 0.3, mase: 1 },
    },
    held: {
      model: forecasts(0.1),
      naive: forecasts(0.4),
      seasonalNaive: forecasts(0.3),
      linear: forecasts(0.2),
    },
    interval: { level: 0.8, low: [-1, -1, -1], high: [1, 1, 2] },
    coverage: 0.78,
    forecast: [
      { date: '2020-07-19', value: 12.34567, low: 11, high: 13 },
      { date: '2020-07-20', value: 12, low: 11, high: 13 },
      { date: '2020-07-21', value: 11, low: 10, high: 13 },
    ],
    ...change,
  };
}
