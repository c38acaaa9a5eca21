import { DataError } from './errors.ts';
import type { Loss } from './losses.ts';
import type { Packed } from './pack.ts';
import type { CompileSpec } from './spec.ts';
import type { Warn } from './warn.ts';

/** Most rows, and most values, that are looked at: the caller's thread goes on at once. */
const ROWS = 256;
const VALUES = 4096;

/** A target of one example or time step, and its place. */
interface Row {
  readonly values: Float32Array;
  readonly place: string;
}

/** The first valid rows; what stands beyond the lengths is anything. */
function firstRows({ data, shape }: Packed, lengths: Uint32Array | undefined): Row[] {
  const k = shape.at(-1) ?? 1;
  const steps = shape.length === 3 ? (shape[1] ?? 1) : 1;
  const count = Math.min(data.length / k, ROWS, Math.ceil(VALUES / k));
  const rows: Row[] = [];
  for (let row = 0; row < count; row++) {
    const [example, step] = [Math.floor(row / steps), row % steps];
    if (step >= (lengths?.[example] ?? steps)) continue;
    const values = data.subarray(row * k, (row + 1) * k);
    rows.push({ values, place: shape.length === 3 ? `[${example}][${step}]` : `[${example}]` });
  }
  return rows;
}

/** Whether the values of a row are shares of one. */
const isDistribution = ({ values }: Row): boolean =>
  values.every((value) => value >= 0) && Math.abs(values.reduce((a, b) => a + b, 0) - 1) < 1e-3;

const anyOf = (rows: readonly Row[], is: (value: number) => boolean): boolean =>
  rows.some(({ values }) => values.some(is));

/**
 * Looks at the first targets: refuses what the loss cannot mean, warns of what it hardly does.
 * @param where - name of the argument
 * @param units - size of the output's last axis
 * @throws DataError
 */
export function checkTargets(
  where: string,
  { inputs, targets }: { readonly inputs: readonly Packed[]; readonly targets: readonly Packed[] },
  { loss, metrics }: CompileSpec,
  units: number,
  warn: Warn,
): void {
  const [target] = targets;
  if (target === undefined) return;
  const rows = firstRows(target, target.lengths ?? inputs[0]?.lengths);
  switch (loss.type) {
    case 'sparseCategoricalCrossentropy':
      return checkClasses(where, rows, units);
    case 'binaryCrossentropy':
      return checkBinary(where, rows, warn);
    case 'categoricalCrossentropy': {
      const odd = rows.find(
        (row) => !isDistribution(row) && row.values.some((value) => value !== 0),
      );
      if (odd !== undefined) {
        warn(
          'distribution',
          `${where}${odd.place}: categoricalCrossentropy expects a share for each class, from 0 on and of sum 1; got [${[...odd.values.subarray(0, 8)].join(', ')}]. Classes that do not exclude each other go with binaryCrossentropy and sigmoid`,
        );
      }
      return;
    }
    default:
      if (metrics.some(({ type }) => type === 'accuracy') && !areClasses(rows)) {
        warn(
          'accuracy',
          `accuracy counts answers that are exactly right, and ${where} has no classes: take 'mae' or 'rmse' for values`,
        );
      }
  }
}

function checkClasses(where: string, rows: readonly Row[], units: number): void {
  for (const { values, place } of rows) {
    const value = values[0] ?? 0;
    if (Number.isInteger(value) && value >= 0 && value < units) continue;
    const fromOne = value === units && !anyOf(rows, (other) => other < 1);
    throw new DataError(
      `${where}${place}: expected a class number from 0 to ${units - 1}, one for each unit, got ${value}${fromOne ? '; the numbers begin at 1: take 1 off' : ''}`,
    );
  }
}

function checkBinary(where: string, rows: readonly Row[], warn: Warn): void {
  const outside = rows.find(({ values }) => values.some((value) => value < 0 || value > 1));
  if (outside === undefined) return;
  if (!anyOf(rows, (value) => Math.abs(value) !== 1)) {
    throw new DataError(
      `${where}: binaryCrossentropy: expected labels 0 and 1, got -1 and 1: (label + 1) / 2`,
    );
  }
  const value = outside.values.find((item) => item < 0 || item > 1);
  warn(
    'binary',
    `${where}${outside.place}: binaryCrossentropy expects targets from 0 to 1, got ${value}: scale them (scalers.minMax()), or take 'mse'`,
  );
}

const areClasses = (rows: readonly Row[]): boolean =>
  rows.every((row) =>
    row.values.length === 1 ? row.values[0] === 0 || row.values[0] === 1 : isDistribution(row),
  );

/**
 * Warns where examples are sorted by class, so that the last ones, split off for validation, are of
 * other classes than the rest. Looks at some examples, at equal distances.
 * @param split - share of the examples that is split off
 */
export function checkSplit(
  target: Packed | undefined,
  loss: Loss,
  split: number,
  warn: Warn,
): void {
  if (target?.shape.length !== 2 || !loss.type.endsWith('rossentropy')) return;
  const [total = 0, k = 1] = target.shape;
  const apart = Math.max(1, Math.ceil(total / Math.min(ROWS, Math.ceil(VALUES / k))));
  const [before, after] = [new Set<number>(), new Set<number>()];
  let changes = 0;
  let last: number | undefined;
  for (let i = 0; i < total; i += apart) {
    const name = classOf(target.data.subarray(i * k, (i + 1) * k));
    if (name === undefined) return;
    if (last !== undefined && name !== last) changes += 1;
    last = name;
    (i < Math.floor(total * (1 - split)) ? before : after).add(name);
  }
  const sorted = changes > 0 && changes === new Set([...before, ...after]).size - 1;
  // A few examples can be in order by chance.
  if (sorted && (total > 16 || [...after].some((name) => !before.has(name)))) {
    warn(
      'sorted',
      'fit: validationSplit takes the last examples, and y is sorted by class: they are of other classes than the rest. Shuffle x and y together before',
    );
  }
}

/** Number of a class: itself, or the place of the only one in a row. */
function classOf(row: Float32Array): number | undefined {
  if (row.length === 1) return Number.isInteger(row[0]) ? row[0] : undefined;
  const place = row.indexOf(1);
  return place >= 0 && row.every((value, i) => value === (i === place ? 1 : 0)) ? place : undefined;
}
