import { show } from './check.ts';
import { ShapeError } from './errors.ts';
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

/** Numbers with a shape, row by row (the last axis is contiguous). */
export class Tensor<R extends number = number> {
  /** The values. */
  readonly data: Float32Array;
  /** Sizes of the axes. */
  readonly shape: ShapeOf<R>;
  /** Valid steps of each example of a [batch, time, features] tensor; what follows is padding. */
  readonly lengths: Uint32Array | undefined;

  constructor(data: Float32Array, shape: ShapeOf<R>, lengths?: Uint32Array) {
    this.data = data;
    this.shape = shape;
    this.lengths = lengths;
  }

  /** The values as nested arrays; padding is cut off. */
  toArray(): NestedArray<R> {
    const { data, shape, lengths } = this;
    const slice = (axis: number, offset: number, stride: number, example: number): unknown => {
      const size = shape[axis] ?? 1;
      if (axis === shape.length - 1) return Array.from(data.subarray(offset, offset + size));
      const below = stride / size;
      const count = axis === 1 && lengths !== undefined ? (lengths[example] ?? size) : size;
      return Array.from({ length: count }, (_, i) =>
        slice(axis + 1, offset + i * below, below, axis === 0 ? i : example),
      );
    };
    return (shape.length === 0 ? data[0] : slice(0, 0, data.length, 0)) as NestedArray<R>;
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
  for (const size of shape) {
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new ShapeError(`tensor: expected a shape of whole numbers, got ${show([...shape])}`);
    }
  }
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `tensor: expected ${sizeOf(shape)} values for shape ${show([...shape])}, got ${data.length}`,
    );
  }
  const { lengths } = options;
  if (lengths !== undefined && (shape.length !== 3 || lengths.length !== shape[0])) {
    throw new ShapeError(
      `tensor: expected one length for each example of [batch, time, features], got ${lengths.length} for shape ${show([...shape])}`,
    );
  }
  return new Tensor<S['length']>(
    data instanceof Float32Array ? data : Float32Array.from(data),
    [...shape] as unknown as ShapeOf<S['length']>,
    lengths === undefined ? undefined : Uint32Array.from(lengths),
  );
}

/** A tensor with a name: a weight or its gradient. */
export class NamedTensor extends Tensor {
  /** `layer/kernel`, `layer/recurrent_kernel` or `layer/bias`. */
  readonly name: string;

  constructor(name: string, data: Float32Array, shape: readonly number[]) {
    super(data, shape);
    this.name = name;
  }
}
