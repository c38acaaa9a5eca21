import { describe, expect, test } from 'vitest';
import { forecastJson } from '../../ts/cli/forecast/json.ts';
import { verdict } from '../../ts/cli/forecast/words.ts';
import { decimals, forecastText } from '../../ts/cli/forecast/text.ts';
import { maeByStep } from '../../ts/cli/report/maeByStep.ts';
import { reportHtml } from '../../ts/cli/report/html.ts';
import { alignColumns } from '../../ts/cli/columns.ts';
import { madeUpFindings } from './findings.ts';

const best = { mae: 0.05, rmse: 0.1, mase: 0.2 };
const { baselines } = madeUpFindings();

describe('the verdict', () => {
  test.each([
    {
      name: 'the model wins',
      change: {},
      says: /^The LSTM wins: its error is 50 % below .* linear/,
    },
    {
      name: 'the linear forecast wins',
      change: { baselines: { ...baselines, linear: best } },
      says: /^A baseline wins: linear .* 100 % larger/,
    },
    {
      name: 'a baseline makes no error',
      change: { baselines: { ...baselines, naive: { mae: 0, rmse: 0, mase: 0 } } },
      says: /^A baseline wins: naive \(last value\) makes no error\.$/,
    },
    {
      name: 'neither wins',
      change: { baselines: { ...baselines, linear: { ...best, mae: 0.0995 } } },
      says: /^A tie: .* LSTM .* linear .* less than 1 %/,
    },
    {
      name: 'the last value wins',
      change: { baselines: { ...baselines, naive: best } },
      says: /^A baseline wins: naive \(last value\)/,
    },
    {
      name: 'the season wins',
      change: { baselines: { ...baselines, seasonalNaive: best } },
      says: /^A baseline wins: seasonal-naive \(7 days earlier\)/,
    },
  ])('$name', ({ change, says }) => {
    expect(verdict(madeUpFindings(change))).toMatch(says);
  });
});

test('text holds every row, note and score', () => {
  const text = forecastText(madeUpFindings());
  for (const part of [
    'Filled 2 missing days',
    '2020-07-21',
    '12.35',
    'LSTM',
    'linear',
    '0.500',
    '78 %',
  ]) {
    expect(text).toContain(part);
  }
});

test('JSON survives a round trip with the promised keys', () => {
  const json = JSON.parse(
    JSON.stringify(forecastJson(madeUpFindings(), { saved: 'm.safetensors' })),
  );
  expect(json).toMatchObject({
    model: { kind: 'lstm', epochs: 3, bestEpoch: 2 },
    validation: { mae: 0.09, rmse: 0.19, mase: 0.45 },
    holdout: { mae: 0.1, rmse: 0.2, mase: 0.5 },
    baselines: {
      naive: { mae: 0.4 },
      seasonalNaive: { mae: 0.3, season: 7 },
      linear: { mae: 0.2 },
    },
    best: 'model',
    saved: 'm.safetensors',
  });
  expect(json.forecast[0]).toEqual({ date: '2020-07-19', value: 12.3457, low: 11, high: 13 });
});

describe('the report', () => {
  const html = reportHtml(madeUpFindings());

  test('needs nothing from the network', () => {
    const addresses = [...html.matchAll(/https?:[^"'\s<)]*/g)].map(([address]) => address);
    expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([]);
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(/);
  });

  test('has four pictures with lines in them', () => {
    const pictures = html.match(/<svg[\s\S]*?<\/svg>/g) ?? [];
    expect(pictures).toHaveLength(4);
    for (const picture of pictures) expect(picture).toMatch(/<path[^>]* d="M[\d.]+,[\d.]+/);
  });

  test('leaves room for the numbers of the vertical axis', () => {
    const margin = (size: number) => {
      const findings = madeUpFindings();
      const target = findings.series.target.map((value) => value * size);
      const page = reportHtml({ ...findings, series: { ...findings.series, target } });
      const [, x] = /y-axis tick label"><text transform="translate\((\d+)/.exec(page) ?? [];
      return Number(x);
    };
    expect(margin(1e6)).toBeGreaterThan(margin(1) + 40);
  });

  test('has the error of every step ahead', () => {
    const forecasts = { origins: [3, 4], horizon: 2, values: Float64Array.of(4, 4, 3, 3) };
    expect(maeByStep(Float64Array.of(1, 2, 4, 3, 5, 7), forecasts)).toEqual([1.5, 2.5]);
  });

  test('has no picture of the error by step for one step', () => {
    const findings = madeUpFindings();
    const page = reportHtml({ ...findings, settings: { ...findings.settings, horizon: 1 } });
    expect(page.match(/<svg/g)).toHaveLength(3);
    expect(page).toContain('the next day<');
  });

  test('shows names from the file as text', () => {
    expect(html).toContain('sales &amp; &lt;i&gt;returns&lt;/i&gt;');
    expect(html).not.toContain('<i>returns');
    expect(html).not.toContain('NaN');
  });
});

test.each([
  { values: [12.34567, -1, 0.001], shown: ['12.35', '-1.00', '0.00'] },
  { values: [0.01234], shown: ['0.01234'] },
  { values: [0, 123456.7], shown: ['0', '123457'] },
  { values: [0.00001], shown: ['1.000e-5'] },
])('$values are shown as $shown', ({ values, shown }) => {
  expect(values.map(decimals(values))).toEqual(shown);
});

test('columns align', () => {
  expect(
    alignColumns([
      ['a', 'bb'],
      ['ccc', 'd'],
    ]),
  ).toBe('a    bb\nccc   d');
});
