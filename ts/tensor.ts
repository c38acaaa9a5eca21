import { timeMajor } from './advice.ts';
import { knownOptions, show } from './check.ts';
import { DataError, ShapeError } from './errors.ts';
import { sizeOf } from './shapes.ts';

/** Nested arrays of a rank, read only; the innermost may be typed arrays. */
export type Nested<R extends number> = R extends 1
  ? ArrayLike<number>
  : R extends 2
    ? readonly ArrayLike<number>[]
    : R extends 3
      ? readonly (readonly ArrayLike<number>[])[]
      : never;

/** Nested arrays of a rank, as {@link Tensor.toArray} gives them. */
export type NestedArray<R extends number> = R extends 1
  ? number[]
  : R extends 2
    ? number[][]
    : R extends 3
      ? number[][][]
      : unknown;

/** Shape of a rank, for destructuring. */
export type ShapeOf<R extends number> = R extends 1
  ? readonly [number]
  : R extends 2
    ? readonly [number, number]
    : R extends 3
      ? readonly [number, number, number]
      : readonly number[];

/** What a tensor of a rank consists of along its first axis: numbers, arrays or tensors. */
export type RowOf<R extends number> = R extends 1
  ? number
  : R extends 2
    ? Float32Array
    : R extends 3
      ? Tensor<2>
      : number | Float32Array | Tensor;

/** What {@link Tensor.argMax} gives for a rank: one axis less. */
export type ArgMaxOf<R extends number> = R extends 1
  ? number
  : R extends 2
    ? Tensor<1>
    : R extends 3
      ? Tensor<2>
      : number | Tensor;

/** Numbers with a shape, row by row (the last axis is contiguous). */
export class Tensor<R extends number = number> {
  /** The values. */
  readonly data: Float32Array;
  /** Sizes of the axes. */
  readonly shape: ShapeOf<R>;
  /** Valid steps of each example of a [batch, time, …] tensor; what follows is padding. */
  readonly lengths: Uint32Array | undefined;

  constructor(data: Float32Array, shape: ShapeOf<R>, lengths?: Uint32Array) {
    this.data = data;
    this.shape = shape;
    this.lengths = lengths;
  }

  /** The values as nested arrays; padding is cut off. */
  toArray(): NestedArray<R> {
    const nested = (row: number | Float32Array | Tensor): unknown => {
      if (typeof row === 'number') return row;
      if (row instanceof Float32Array) return Array.from(row);
      return row.shape.length === 1 ? Array.from(row.data) : Array.from(row, nested);
    };
    return (this.shape.length === 0 ? this.data[0] : nested(this)) as NestedArray<R>;
  }

  /**
   * One value. Negative indices count from the end, in time from the last valid step.
   * @param index - as many as there are axes
   * @throws ShapeError where there is no such value
   */
  at(...index: ShapeOf<R>): number {
    const { data, shape, lengths } = this;
    if (index.length !== shape.length) {
      throw new ShapeError(`at: expected ${shape.length} indices, got ${show([...index])}`);
    }
    let [flat, example] = [0, 0];
    index.forEach((given, axis) => {
      const axisSize = shape[axis] ?? 0;
      const size = axis === 1 ? (lengths?.[example] ?? axisSize) : axisSize;
      const i = Number.isInteger(given) && given < 0 ? given + size : given;
      if (!Number.isInteger(i) || i < 0 || i >= size) {
        throw new ShapeError(
          `at: index ${axis}: expected a whole number from ${-size} to ${size - 1}, got ${show(given)}`,
        );
      }
      if (axis === 0) example = i;
      flat = flat * axisSize + i;
    });
    return data[flat] ?? Number.NaN;
  }

  /**
   * What lies along the first axis: numbers, Float32Arrays or tensors. They share the memory;
   * padding is cut off. Iterating over the tensor gives the same one by one.
   */
  rows(): RowOf<R>[] {
    return [...this];
  }

  /** The rows, one after the other, as `rows()` gives them. */
  *[Symbol.iterator](): Generator<RowOf<R>, void, undefined> {
    const { data, lengths } = this;
    const [count = 0, ...rest] = this.shape;
    const [steps = 0, ...below] = rest;
    const size = sizeOf(rest);
    for (let i = 0; i < count; i++) {
      const length = lengths?.[i] ?? steps;
      const row = data.subarray(i * size, i * size + length * sizeOf(below));
      yield (
        rest.length === 0 ? data[i] : rest.length === 1 ? row : new Tensor(row, [length, ...below])
      ) as RowOf<R>;
    }
  }

  /**
   * Where the largest value along an axis lies, the first of equals: the class of each row of
   * probabilities. Steps of padding count for nothing.
   * @param axis - negative ones count from the last. @default -1
   * @throws ShapeError where there is no such axis
   */
  argMax(axis = -1): ArgMaxOf<R> {
    const { data, lengths } = this;
    const shape: readonly number[] = this.shape;
    const at = Number.isInteger(axis) && axis < 0 ? axis + shape.length : axis;
    if (!Number.isInteger(at) || shape[at] === undefined) {
      throw new ShapeError(
        `argMax: axis: expected a whole number from ${-shape.length} to ${shape.length - 1}, got ${show(axis)}`,
      );
    }
    const [steps = 1, ...below] = shape.slice(1);
    const step = sizeOf(below);
    const isPadding = (flat: number): boolean => {
      const place = Math.floor(flat / step);
      return place % steps >= (lengths?.[Math.floor(place / steps)] ?? steps);
    };
    const size = shape[at] ?? 0;
    const inner = sizeOf(shape.slice(at + 1));
    const rest = shape.filter((_, i) => i !== at);
    const best = new Float32Array(sizeOf(rest)).map((_, place) => {
      const start = Math.floor(place / inner) * size * inner + (place % inner);
      let largest: number | undefined;
      for (let i = 0; i < size; i++) {
        const flat = start + i * inner;
        if (lengths !== undefined && isPadding(flat)) continue;
        if (largest === undefined || (data[flat] ?? 0) > (data[start + largest * inner] ?? 0))
          largest = i;
      }
      return largest ?? 0;
    });
    const kept = at > 1 ? lengths : undefined;
    return (rest.length === 0 ? best[0] : new Tensor(best, rest, kept)) as ArgMaxOf<R>;
  }

  /** Shape and first values, to be read. */
  toString(): string {
    const { data, shape } = this;
    const first = Array.from(data.subarray(0, 6), (value) => Number(value.toPrecision(5)));
    return `Tensor [${shape.join(', ')}]: ${first.join(', ')}${data.length > 6 ? ', …' : ''}`;
  }

  /** What Node's console shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** Whether a value is a {@link Tensor}, also one of another copy of this library. */
export function isTensor(value: unknown): value is Tensor {
  if (value instanceof Tensor) return true;
  if (typeof value !== 'object' || value === null) return false;
  return (
    'data' in value &&
    value.data instanceof Float32Array &&
    'shape' in value &&
    Array.isArray(value.shape)
  );
}

/** Options of {@link tensor}. */
export interface TensorOptions {
  /** Valid steps of each example, for padded sequences. @default all */
  readonly lengths?: ArrayLike<number>;
}

/**
 * Numbers with a shape. A Float32Array is used as it is, other arrays are copied.
 * @param data - row by row, as many values as the shape has
 * @param shape - [batch, time, features] or [batch, features]
 * @param options - `lengths`: valid steps of each example, for padded sequences
 */
export function tensor<const S extends readonly number[]>(
  data: ArrayLike<number>,
  shape: S,
  options: TensorOptions = {},
): Tensor<S['length']> {
  knownOptions('tensor', options, ['lengths']);
  if (!Array.isArray(shape) || !shape.every((size) => Number.isSafeInteger(size) && size >= 0))
    throw new ShapeError(`tensor: expected a shape of whole numbers, got ${show(shape)}`);
  if (!isList(data)) throw new DataError(`tensor: expected an array of numbers, got ${show(data)}`);
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `tensor: expected ${sizeOf(shape)} values for shape ${show(shape)}, got ${data.length}${isList(data[0]) ? '; nested arrays need no tensor()' : ''}`,
    );
  }
  const { lengths } = options;
  if (lengths !== undefined && !isList(lengths))
    throw new DataError(`tensor: lengths: expected an array, got ${show(lengths)}`);
  if (lengths !== undefined && (shape.length !== 3 || lengths.length !== shape[0])) {
    throw new ShapeError(
      `tensor: expected one length for each example of [batch, time, features], got ${lengths.length} for shape ${show(shape)}${lengths.length === shape[1] ? `; ${timeMajor}` : ''}`,
    );
  }
  return new Tensor<S['length']>(
    data instanceof Float32Array ? data : Float32Array.from(data, asNumber('')),
    [...shape] as unknown as ShapeOf<S['length']>,
    lengths === undefined ? undefined : Uint32Array.from(lengths, asNumber('lengths', true)),
  );
}

/** Checks a value of an array that `tensor` was given. */
const asNumber =
  (name: string, whole = false) =>
  (value: unknown, i: number): number => {
    if (typeof value === 'number' && (!whole || (Number.isSafeInteger(value) && value >= 0)))
      return value;
    throw new DataError(
      `tensor: ${name}[${i}]: expected a ${whole ? 'whole ' : ''}number, got ${show(value)}`,
    );
  };

/** Whether a value is an array, plain or typed. */
export const isList = (value: unknown): value is ArrayLike<unknown> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** A tensor with a name: a weight or its gradient. */
export class NamedTensor extends Tensor {
  /** `layer/kernel`, `layer/recurrent_kernel` or `layer/bias`. */
  readonly name: string;

  constructor(name: string, data: Float32Array, shape: readonly number[]) {
    super(data, shape);
    this.name = name;
  }
}
