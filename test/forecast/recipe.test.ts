import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { forecast, readRecipe } from '../../ts/forecast/index.ts';
import type { Model } from '../../ts/index.ts';
import { readSeries } from '../../ts/table/index.ts';
import { dailyCsv } from '../support/temporary.ts';

type Path = readonly (string | number)[];

let model: Model;

beforeAll(async () => {
  const series = await readSeries(dailyCsv(300), { target: 'sales', features: ['shop'] });
  ({ model } = await forecast(series, { horizon: 3, window: 14, units: 2, epochs: 1 }));
  return () => model.dispose();
});

/** A copy in which one value is another, or missing. */
function changed(path: Path, value: unknown): Record<string, unknown> {
  const copy = structuredClone(model.metadata);
  const [last, ...way] = path.toReversed();
  let parent: Record<string | number, unknown> = copy;
  for (const key of way.toReversed()) parent = parent[key] as typeof parent;
  if (value === undefined && !Array.isArray(parent)) delete parent[last as string];
  else parent[last as string] = value;
  return copy;
}

const read = (metadata: Record<string, unknown>) =>
  readRecipe({ metadata, spec: model.spec }, 'bad.st');

/** Every value of the recipe, lists and objects too. */
function paths(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, item]) => paths(item, [...path, key]));
  return path.length > 0 ? [path, ...inner] : inner;
}

describe('the recipe in a model file is read as input from others', () => {
  test('one that forecast saved is taken as it is', () => {
    expect(read(model.metadata)).toEqual(model.metadata);
  });

  const values = [undefined, null, -1, 0, 0.5, 1e9, 1e308, '', 'x\ny', [], {}, true, [[[]]], '9'];
  /** What may be another, as far as can be known. */
  const free: { path: RegExp; values: unknown[] }[] = [
    { path: /^(date|meaning\.\w+)$/, values: ['x\ny', '9'] },
    { path: /^level$/, values: [] },
    { path: /^interval\.level$/, values: [0.5] },
    { path: /^interval\.low\.\d$/, values: [-1, 0] },
    { path: /^interval\.high\.\d$/, values: [0, 0.5, 1e9, 1e308] },
    { path: /^scaler\.offset\.[1-9]$/, values: [-1, 0, 0.5, 1e9, 1e308] },
    { path: /^scaler\.scale\.[1-9]$/, values: [0.5, 1e9, 1e308] },
  ];

  test('any other value of any field is refused in words that name file and field', () => {
    for (const path of paths(model.metadata)) {
      const name = path.join('.');
      const allowed = free.find((field) => field.path.test(name))?.values ?? [];
      for (const value of values.filter((other) => !allowed.includes(other))) {
        const metadata = changed(path, value);
        if (isDeepStrictEqual(metadata, model.metadata)) continue;
        const why = `${name} = ${JSON.stringify(value)}`;
        expect(() => read(metadata), why).toThrow(
          expect.objectContaining({
            name: 'ForecastError',
            message: expect.stringMatching(/^bad\.st.*metadata\.\w+/),
          }),
        );
      }
      for (const value of allowed) read(changed(path, value));
    }
  });

  const cases: { path: Path; value: unknown; says: string }[] = [
    { path: ['kind'], value: 'gru', says: 'kind: expected the kind of a model of lstm, dense' },
    { path: ['target'], value: 'date', says: 'target: expected another column' },
    { path: ['target'], value: 'price', says: 'inputs[1]: expected "price", got "sales"' },
    { path: ['date'], value: 'shop', says: 'features: expected columns that are not named twice' },
    { path: ['features'], value: [], says: 'inputs: expected 2 names' },
    { path: ['features', 0, 'categories', 1], value: 'closed', says: 'expected different values' },
    { path: ['step', 'every'], value: 7, says: 'step.name: expected "week"' },
    { path: ['step', 'length'], value: 1, says: 'step.length: expected 86400000, got 1' },
    { path: ['window'], value: 15, says: 'window: expected 14, as the model reads, got 15' },
    {
      path: ['horizon'],
      value: 2,
      says: 'interval.low: expected 2 numbers, as horizon says, got 3',
    },
    { path: ['cycles'], value: ['day'], says: 'cycles: expected cycles of steps of a day' },
    { path: ['cycles'], value: ['week', 'week'], says: 'cycles: expected different values' },
    { path: ['inputs', 0], value: 'sales', says: 'inputs[0]: expected "difference", got "sales"' },
    { path: ['outputScale'], value: 2, says: 'outputScale: expected scaler.scale[0]' },
    { path: ['lag'], value: 8, says: 'lag: expected 1 or 7 or 365, got 8' },
    { path: ['level'], value: false, says: 'inputs: expected 3 names' },
    { path: ['scaler', 'offset'], value: [0], says: 'scaler.offset: expected 4 numbers' },
    { path: ['scaler', 'scale'], value: [1], says: 'scaler.scale: expected 4 numbers' },
    { path: ['interval', 'low', 1], value: 1, says: 'interval.low[1]: expected a number up to 0' },
    {
      path: ['interval', 'high', 2],
      value: -1,
      says: 'interval.high[2]: expected a number from 0',
    },
  ];
  test.each(cases)('$path = $value does not fit the rest', ({ path, value, says }) => {
    expect(() => read(changed(path, value))).toThrow(says);
  });

  test('one that fits itself and not the model is refused', () => {
    const metadata = changed(['horizon'], 2) as { interval: Record<string, unknown> };
    metadata.interval = { level: 0.8, low: [-1, -1], high: [1, 1] };
    expect(() => read(metadata)).toThrow('horizon: expected 3, as the model gives, got 2');
  });
});
