import { knownOptions, show } from './check.ts';
import { DataError, ShapeError, StateError } from './errors.ts';
import { isList, isTensor, type Nested, Tensor } from './tensor.ts';

/** What a scaler reads: the features are the last axis. A flat list is one feature. */
export type ScalerData = Nested<1> | Nested<2> | Nested<3> | Tensor;

/** The same shape as what came, as plain arrays or a tensor. */
export type Scaled<D extends ScalerData> =
  D extends Tensor<infer R>
    ? Tensor<R>
    : D extends Nested<3>
      ? number[][][]
      : D extends Nested<2>
        ? number[][]
        : number[];

/** A fitted scaler as plain data: `scaled = (value − offset) / scale`, feature by feature. */
export interface ScalerJson {
  /** How it learns. */
  readonly type: 'standard' | 'minMax';
  /** What is subtracted from each feature. */
  readonly offset: readonly number[];
  /** What each feature is divided by then. */
  readonly scale: readonly number[];
}

/** Statistics of each feature. */
interface Columns {
  readonly min: number[];
  readonly max: number[];
  readonly mean: number[];
  /** Population standard deviation. */
  readonly deviation: number[];
}

const learners = {
  standard: ({ mean, deviation }: Columns) => ({ offset: mean, scale: deviation }),
  minMax: ({ min, max }: Columns) => ({
    offset: min,
    scale: max.map((top, i) => top - (min[i] ?? 0)),
  }),
} as const;

/** Passes over all rows twice: the deviation is taken from the mean, so that large offsets do no harm. */
function statistics(data: ScalerData): Columns {
  const rows = [...rowsOf(data, 'scaler: data')];
  const features = rows[0]?.length ?? 0;
  if (features === 0) throw new DataError('scaler: expected at least one value, got none');
  const columns = {
    min: new Array<number>(features).fill(Number.POSITIVE_INFINITY),
    max: new Array<number>(features).fill(Number.NEGATIVE_INFINITY),
    mean: new Array<number>(features).fill(0),
    deviation: new Array<number>(features).fill(0),
  };
  const each = (visit: (value: number, feature: number) => void) => {
    for (const row of rows) {
      if (row.length !== features) outOfRange('data', features, row.length);
      for (let i = 0; i < features; i++) visit(row[i] ?? Number.NaN, i);
    }
  };
  const { min, max, mean, deviation } = columns;
  each((value, i) => {
    if (!Number.isFinite(value)) {
      throw new DataError(`scaler: feature ${i}: expected finite numbers, got ${show(value)}`);
    }
    min[i] = Math.min(min[i] ?? value, value);
    max[i] = Math.max(max[i] ?? value, value);
    mean[i] = (mean[i] ?? 0) + value / rows.length;
  });
  each((value, i) => {
    deviation[i] = (deviation[i] ?? 0) + (value - (mean[i] ?? 0)) ** 2 / rows.length;
  });
  return { ...columns, deviation: deviation.map(Math.sqrt) };
}

/** Rows of features; each value of a flat list is a row. */
function* rowsOf(data: unknown, where: string): Generator<ArrayLike<number>> {
  if (isTensor(data)) {
    const features = data.shape.at(-1) ?? 1;
    const steps = data.shape.at(-2) ?? 1;
    for (let row = 0; row * features < data.data.length; row++) {
      const length = data.lengths?.[Math.floor(row / steps)] ?? steps;
      if (row % steps < length) yield data.data.subarray(row * features, (row + 1) * features);
    }
  } else if (isRow(data)) {
    for (let i = 0; i < data.length; i++) yield [data[i] ?? Number.NaN];
  } else yield* nestedRows(data, where);
}

function* nestedRows(data: unknown, where: string, levels = 4): Generator<ArrayLike<number>> {
  if (!Array.isArray(data) || levels === 0)
    throw new DataError(`${where}: expected nested arrays, got ${show(data)}`);
  for (const [i, item] of data.entries()) {
    if (isRow(item)) yield item;
    else yield* nestedRows(item, `${where}[${i}]`, levels - 1);
  }
}

/** Moves and scales each feature; learn on the training part only. */
export class Scaler {
  /** How it learns. */
  readonly type: ScalerJson['type'];
  #offset: readonly number[] | undefined;
  #scale: readonly number[] = [];

  /** Use scalers.standard(), scalers.minMax() or scalers.fromJSON(). */
  constructor(type: ScalerJson['type'], fitted?: ScalerJson) {
    this.type = type;
    this.#offset = fitted?.offset;
    this.#scale = fitted?.scale ?? [];
  }

  /** Learns offset and scale of each feature. A feature that never changes is only moved. */
  fit(data: ScalerData): this {
    const { offset, scale } = learners[this.type](statistics(data));
    this.#offset = offset;
    this.#scale = scale.map((size) => (size > 0 ? size : 1));
    return this;
  }

  /** (value − offset) / scale. */
  transform<D extends ScalerData>(data: D): Scaled<D> {
    return this.#map(data, (value, offset, scale) => (value - offset) / scale);
  }

  /** Back to the units that came: value · scale + offset. */
  inverse<D extends ScalerData>(data: D): Scaled<D> {
    return this.#map(data, (value, offset, scale) => value * scale + offset);
  }

  /** The scaler of some of the features, such as the target's. */
  select(features: readonly number[]): Scaler {
    const { offset, scale } = this.toJSON();
    if (!Array.isArray(features))
      throw new DataError(`scaler: select: expected feature numbers, got ${show(features)}`);
    const pick = (list: readonly number[]) =>
      features.map((i: unknown) => {
        const value = typeof i === 'number' ? list[i] : undefined;
        if (value !== undefined) return value;
        throw new ShapeError(
          `scaler: select: expected feature numbers from 0 to ${list.length - 1}, got ${show(i)}`,
        );
      });
    return new Scaler(this.type, { type: this.type, offset: pick(offset), scale: pick(scale) });
  }

  /** Plain data for `model.metadata`. */
  toJSON(): ScalerJson {
    if (this.#offset === undefined) throw new StateError('scaler: call fit first');
    return { type: this.type, offset: [...this.#offset], scale: [...this.#scale] };
  }

  #map<D extends ScalerData>(
    data: D,
    change: (value: number, offset: number, scale: number) => number,
  ): Scaled<D> {
    const offsets = this.#offset;
    if (offsets === undefined) throw new StateError('scaler: call fit first');
    const check = (count: number) => {
      if (count !== offsets.length) outOfRange('data', offsets.length, count);
    };
    const one = (value: number, feature: number) =>
      change(value, offsets[feature] ?? 0, this.#scale[feature] ?? 1);
    if (isTensor(data)) {
      const features = data.shape.at(-1) ?? 1;
      check(features);
      return new Tensor(
        data.data.map((value, i) => one(value, i % features)),
        [...data.shape],
        data.lengths,
      ) as Scaled<D>;
    }
    const walk = (item: unknown, levels: number): unknown => {
      if (isRow(item)) {
        check(item.length);
        return Array.from(item, one);
      }
      if (!Array.isArray(item) || levels === 0)
        throw new DataError(`scaler: data: expected nested arrays, got ${show(item)}`);
      return Array.from(item, (below: unknown) => walk(below, levels - 1));
    };
    if (isRow(data)) {
      check(1);
      return Array.from(data, (value) => one(value, 0)) as Scaled<D>;
    }
    return walk(data, 4) as Scaled<D>;
  }
}

/** Scalers of features; a fitted one is stored with a model as `model.metadata.scaler = scaler.toJSON()`. */
export const scalers = {
  /** Mean 0 and standard deviation 1. */
  standard: (): Scaler => new Scaler('standard'),
  /** Smallest value 0 and largest value 1. */
  minMax: (): Scaler => new Scaler('minMax'),
  /** A fitted scaler from what `toJSON` gave. */
  fromJSON(json: unknown): Scaler {
    if (!isScalerJson(json)) {
      throw new DataError(`scalers.fromJSON: expected what toJSON gave, got ${show(json)}`);
    }
    knownOptions('scalers.fromJSON', json, ['type', 'offset', 'scale']);
    const { type, offset, scale } = json;
    return new Scaler(type, { type, offset: [...offset], scale: [...scale] });
  },
} as const;

function isScalerJson(json: unknown): json is ScalerJson {
  if (
    typeof json !== 'object' ||
    json === null ||
    !('type' in json) ||
    !('offset' in json) ||
    !('scale' in json)
  ) {
    return false;
  }
  const numbers = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every(Number.isFinite);
  const { type, offset, scale } = json;
  return (
    (type === 'standard' || type === 'minMax') &&
    numbers(offset) &&
    numbers(scale) &&
    offset.length === scale.length
  );
}

const isRow = (value: unknown): value is ArrayLike<number> =>
  isList(value) && (!Array.isArray(value) || typeof value[0] === 'number');

function outOfRange(where: string, expected: number, got: number): never {
  throw new ShapeError(`scaler: ${where}: expected ${expected} features, got ${got}`);
}
