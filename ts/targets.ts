import { DataError } from './errors.ts';
import type { Loss } from './losses.ts';
import type { Packed } from './pack.ts';
import type { CompileSpec } from './spec.ts';
import type { Warn } from './warn.ts';
import type { Batch } from './worker/protocol.ts';

/** Most rows, and most values, that are looked at: the caller's thread goes on at once. */
const ROWS = 256;
const VALUES = 4096;

/** The rows that are looked at: a row is what one example, or one time step, has. */
interface Rows {
  readonly data: Float32Array;
  /** Values of a row. */
  readonly size: number;
  /** Where the rows begin. */
  readonly starts: readonly number[];
  /** Where a row stands, `[2]` or `[2][0]`. */
  place(start: number): string;
}

/** The first valid rows; what stands beyond the lengths is anything. */
function firstRows({ data, shape }: Packed, lengths: Uint32Array | undefined): Rows {
  const size = shape.at(-1) ?? 1;
  const steps = shape.length === 3 ? (shape[1] ?? 1) : 1;
  const count = Math.min(data.length / size, ROWS, Math.ceil(VALUES / size));
  const starts: number[] = [];
  for (let row = 0; row < count; row++) {
    if (lengths === undefined || row % steps < (lengths[Math.floor(row / steps)] ?? steps))
      starts.push(row * size);
  }
  const place = (start: number) => {
    const row = start / size;
    return shape.length === 3 ? `[${Math.floor(row / steps)}][${row % steps}]` : `[${row}]`;
  };
  return { data, size, starts, place };
}

/** Whether the values of a row are shares of one. */
function isDistribution({ data, size }: Rows, start: number): boolean {
  let sum = 0;
  for (let i = start; i < start + size; i++) {
    const value = data[i] ?? 0;
    if (value < 0) return false;
    sum += value;
  }
  return Math.abs(sum - 1) < 1e-3 || !Number.isFinite(sum);
}

/** Whether all values of a row pass. */
function every({ data, size }: Rows, start: number, is: (value: number) => boolean): boolean {
  for (let i = start; i < start + size; i++) if (!is(data[i] ?? 0)) return false;
  return true;
}

const valuesOf = ({ data, size }: Rows, start: number): Float32Array =>
  data.subarray(start, start + size);

/**
 * Looks at the first targets: refuses what the loss cannot mean, warns of what it hardly does.
 * @param where - name of the argument
 * @param units - size of the output's last axis
 * @throws DataError
 */
export function checkTargets(
  where: string,
  { inputs, targets }: Pick<Batch, 'inputs' | 'targets'>,
  { loss, metrics }: CompileSpec,
  units: number,
  warn: Warn,
): void {
  const [target] = targets;
  if (target === undefined) return;
  const measured = metrics.some(({ type }) => type === 'accuracy');
  if (!loss.type.endsWith('rossentropy') && !measured) return;
  const rows = firstRows(target, target.lengths ?? inputs[0]?.lengths);
  switch (loss.type) {
    case 'sparseCategoricalCrossentropy':
      return checkClasses(where, rows, units);
    case 'binaryCrossentropy':
      return checkBinary(where, rows, warn);
    case 'categoricalCrossentropy':
      return checkShares(where, rows, warn);
    default:
      if (rows.starts.some((start) => !isClass(rows, start))) {
        warn(
          'accuracy',
          `accuracy counts answers that are exactly right, and ${where} has no classes: take 'mae' or 'rmse' for values`,
        );
      }
  }
}

function checkClasses(where: string, rows: Rows, units: number): void {
  for (const start of rows.starts) {
    const value = rows.data[start] ?? 0;
    if (Number.isInteger(value) && value >= 0 && value < units) continue;
    const fromOne = value === units && rows.starts.every((other) => (rows.data[other] ?? 0) >= 1);
    throw new DataError(
      `${where}${rows.place(start)}: expected a class number from 0 to ${units - 1}, one for each unit, got ${value}${fromOne ? '; the numbers begin at 1: take 1 off' : ''}`,
    );
  }
}

function checkBinary(where: string, rows: Rows, warn: Warn): void {
  // What is not finite is refused later, with its place.
  const isShare = (value: number) => (value >= 0 && value <= 1) || !Number.isFinite(value);
  const outside = rows.starts.find((start) => !every(rows, start, isShare));
  if (outside === undefined) return;
  if (rows.starts.every((start) => every(rows, start, (value) => Math.abs(value) === 1))) {
    throw new DataError(
      `${where}: binaryCrossentropy: expected labels 0 and 1, got -1 and 1: (label + 1) / 2`,
    );
  }
  const value = valuesOf(rows, outside).find((item) => !isShare(item));
  warn(
    'binary',
    `${where}${rows.place(outside)}: binaryCrossentropy expects targets from 0 to 1, got ${value}: scale them (scalers.minMax()), or take 'mse'`,
  );
}

function checkShares(where: string, rows: Rows, warn: Warn): void {
  const isZero = (value: number) => value === 0;
  const odd = rows.starts.find(
    (start) => !isDistribution(rows, start) && !every(rows, start, isZero),
  );
  if (odd === undefined) return;
  warn(
    'distribution',
    `${where}${rows.place(odd)}: categoricalCrossentropy expects a share for each class, from 0 on and of sum 1; got [${valuesOf(rows, odd).subarray(0, 8).join(', ')}]. Classes that do not exclude each other go with binaryCrossentropy and sigmoid`,
  );
}

/** Whether a row is a label 0 or 1, or has a share for each class. */
const isClass = (rows: Rows, start: number): boolean =>
  rows.size === 1
    ? every(rows, start, (value) => value === 0 || value === 1 || !Number.isFinite(value))
    : isDistribution(rows, start);

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
