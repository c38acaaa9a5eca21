import { readFileSync, statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { load, scalers, tensor } from '../../ts/index.ts';
import { dailyCsv, temporaryFolder } from '../support/temporary.ts';
import { unrolled } from './terminal.ts';

const files = temporaryFolder();
const file = files.write('shop.csv', dailyCsv(300));
const quick = [
  'forecast',
  file,
  '--target',
  'sales',
  '--horizon',
  '3',
  '--window',
  '14',
  '--epochs',
  '3',
];

/** When the files that forecast writes by default were written here, if ever. */
const defaultFiles = () =>
  ['forecast.html', 'forecast.safetensors'].map(
    (name) => statSync(name, { throwIfNoEntry: false })?.mtimeMs,
  );

describe('forecast --json', () => {
  test('prints one object with scores, baselines and the next steps', async () => {
    const before = defaultFiles();
    const { code, out, err } = await unrolled(...quick, '--json');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const json = JSON.parse(out);
    expect(json.model).toMatchObject({ kind: 'lstm', window: 14, epochs: 3, seed: 42 });
    const scores = [
      json.validation,
      json.holdout,
      json.baselines.naive,
      json.baselines.seasonalNaive,
      json.baselines.linear,
    ];
    for (const { mae, rmse, mase } of scores) {
      expect(mae).toBeGreaterThan(0);
      expect(rmse).toBeGreaterThanOrEqual(mae);
      expect(mase).toBeGreaterThan(0);
    }
    expect(json.baselines.seasonalNaive.season).toBe(7);
    // A weekly wave: the last value is the worst guess and a linear rule is nearly exact.
    expect(json.baselines.linear.mae).toBeLessThan(json.baselines.seasonalNaive.mae);
    expect(json.baselines.seasonalNaive.mae).toBeLessThan(json.baselines.naive.mae);
    expect(json.forecast.map(({ date }: { date: string }) => date)).toEqual([
      '2020-10-27',
      '2020-10-28',
      '2020-10-29',
    ]);
    for (const { value, low, high } of json.forecast) {
      expect(low).toBeLessThanOrEqual(value);
      expect(value).toBeLessThanOrEqual(high);
    }
    expect(json.interval.level).toBe(0.8);
    expect(defaultFiles()).toEqual(before);
  });

  test('holds where the series repeats itself exactly', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `${1700 + i},${[3, 1, 2, 5][i % 4]}`);
    const periodic = files.write('periodic.csv', ['year,sales', ...rows].join('\n'));
    const daily = files.write(
      'weekly.csv',
      dailyCsv(200)
        .replace(/-(\d\d),[\d.]+,/g, '-$1,4.5,')
        .replace(/,4.5,closed/g, ',1,closed'),
    );
    for (const path of [periodic, daily]) {
      const { code, out } = await unrolled(
        'forecast',
        path,
        '--target',
        'sales',
        '--epochs',
        '2',
        '--json',
      );
      expect(code).toBe(0);
      expect(out).not.toContain('null');
    }
  });

  test('gives the same numbers for the same seed and others for another', async () => {
    const values = async (seed: string) =>
      JSON.parse((await unrolled(...quick, '--json', '--seed', seed)).out).forecast;
    const first = await values('1');
    expect(await values('1')).toEqual(first);
    expect(await values('2')).not.toEqual(first);
  });

  test.each(['gru', 'rnn', 'linear'])('trains %s', async (kind) => {
    const { code, out } = await unrolled(...quick, '--json', '--model', kind, '--features', 'shop');
    expect(code).toBe(0);
    expect(JSON.parse(out).model).toMatchObject({
      kind,
      inputs: expect.arrayContaining(['sales', 'shop=open']),
    });
  });
});

test('forecast prints tables and writes the report and a model that loads', async () => {
  const [report, saved] = [files.path('report.html'), files.path('model.safetensors')];
  const { code, out, err } = await unrolled(...quick, '--report', report, '--save', saved);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/LSTM +[\d.]+ +[\d.]+ +[\d.]+\n/);
  expect(out).toMatch(/\n {2}2020-10-29 +[\d.]+ +[\d.]+ +[\d.]+\n/);
  expect(out).toMatch(/wins:/);
  expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);

  const model = await load(saved);
  const { inputs, scaler } = model.metadata as { inputs: string[]; scaler: unknown };
  expect(inputs[0]).toBe('difference');
  expect(scalers.fromJSON(scaler).toJSON().offset).toHaveLength(inputs.length);
  const x = tensor(new Float32Array(14 * inputs.length), [1, 14, inputs.length]);
  expect((await model.predict(x)).shape).toEqual([1, 3]);
  await model.dispose();
});

test('reproduce gives the naive scores of the book', async () => {
  const { code, out } = await unrolled('reproduce', '--only', 'naive', '--json');
  const results = JSON.parse(out) as { name: string; value: number; reference: number }[];
  expect(code).toBe(0);
  expect(results.map(({ name }) => name)).toEqual(['one-step-naive', 'ten-steps-naive']);
  for (const { value, reference } of results)
    expect(Math.abs(value - reference)).toBeLessThan(1e-7);
});
