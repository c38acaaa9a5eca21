import { type Kind, timeMajor } from './advice.ts';
import { show } from './check.ts';
import { DataError, ShapeError } from './errors.ts';
import { batchShape, sizeOf } from './shapes.ts';
import type { Shape } from './spec.ts';
import { isList as isValues, isTensor, type Tensor } from './tensor.ts';

/** Data as it crosses to the engine: one array, its shape with the batch first, valid steps. */
export interface Packed {
  readonly data: Float32Array;
  /** [batch, time, features] or [batch, features]. */
  readonly shape: readonly number[];
  /** Valid steps of each example; all when missing. */
  readonly lengths?: Uint32Array;
  /** Whether the array was made here, so that it may be given away. */
  readonly owned: boolean;
  /** Name of the argument, for messages: `x`. */
  readonly where: string;
  /** Number of its first example, where it is a part of what was given. @default 0 */
  readonly first?: number;
}

/** Most values that a look at padding reads: the caller's thread goes on at once. */
const LOOK = 16_384;

/** What the model expects of an argument. */
export interface Expected {
  /** Name of the argument, for messages: `x`. */
  readonly where: string;
  /** Shape of one example. */
  readonly shape: Shape;
  /** What to do where the sizes of what came are a known mistake; nothing where they fit. */
  readonly advice?: (sizes: readonly number[], kind: Kind) => string | undefined;
}

type Values = ArrayLike<unknown>;

/** More levels of arrays than any data have; an array can contain itself. */
const TOO_DEEP = 8;

/** The sizes of nested arrays along their first elements; empty ones are passed over. */
function sizesOf(value: unknown): number[] {
  const list: number[] = [];
  for (let inner = value; isValues(inner) && list.length < TOO_DEEP;) {
    list.push(inner.length);
    const first: unknown = inner[0];
    const filled = (item: unknown) => !isValues(item) || item.length > 0;
    inner = Array.isArray(inner) ? (inner.find(filled) ?? first) : first;
  }
  return list;
}

/** Number of axes of nested arrays or a tensor. */
export const rankOf = (value: unknown): number =>
  isTensor(value) ? value.shape.length : sizesOf(value).length;

function refuse({ where, shape }: Expected, got: readonly number[], advice?: string): never {
  throw new ShapeError(
    `${where}: expected shape ${batchShape(shape)}, got [${got.join(', ')}]${advice === undefined ? '' : `; ${advice}`}`,
  );
}

/**
 * Nested arrays, ragged ones included, or a tensor → one Float32Array with its shape.
 * The last axis may be left out where its size is one.
 */
export function pack(value: unknown, expected: Expected): Packed {
  const packed = isTensor(value) ? packTensor(value, expected) : packNested(value, expected);
  if (packed.shape[0] === 0)
    throw new DataError(`${expected.where}: expected at least one example, got none`);
  return packed;
}

function packTensor(value: Tensor, expected: Expected): Packed {
  const rank = expected.shape.length + 1;
  const short = value.shape.length === rank - 1 && expected.shape.at(-1) === 1;
  const shape = short ? [...value.shape, 1] : [...value.shape];
  const fits =
    shape.length === rank &&
    value.data.length === sizeOf(shape) &&
    expected.shape.every((size, i) => size === null || size === shape[i + 1]);
  const advice = expected.advice?.(value.shape, 'tensor');
  if (!fits || advice !== undefined) refuse(expected, value.shape, advice);
  const { where } = expected;
  const { data, lengths } = value;
  // The engine looks for NaN and infinity: a large tensor must not keep this thread.
  if (lengths === undefined) return { data, shape, owned: false, where };
  checkLengths(where, lengths, shape);
  if (paddedTimeMajor(data, shape, lengths)) {
    throw new ShapeError(`${where}: padding stands where lengths say data; ${timeMajor}`);
  }
  return { data, shape, lengths: lengths.slice(), owned: false, where };
}

function checkLengths(where: string, lengths: Uint32Array, shape: readonly number[]): void {
  const steps = shape[1] ?? 0;
  if (!(lengths instanceof Uint32Array) || lengths.length !== shape[0]) {
    throw new DataError(
      `${where}: lengths: expected ${shape[0]} whole numbers, one an example, got ${show(lengths)}`,
    );
  }
  lengths.forEach((length, i) => {
    if (length < 1 || length > steps) {
      throw new DataError(`${where}: lengths[${i}]: expected 1 to ${steps} steps, got ${length}`);
    }
  });
}

/**
 * Whether all padding is zero where it would lie in [time, batch, features], and not where it lies
 * now. Asked only where shapes cannot tell, and of small data.
 */
function paddedTimeMajor(
  data: Float32Array,
  [batch = 0, steps = 0, features = 1]: readonly number[],
  lengths: Uint32Array,
): boolean {
  if (batch !== steps || data.length > LOOK) return false;
  const zero = (i: number, t: number) =>
    data.subarray((i * steps + t) * features, (i * steps + t + 1) * features).every((x) => x === 0);
  let misplaced = false;
  for (const [i, length] of lengths.entries()) {
    for (let t = length; t < steps; t++) {
      if (!zero(t, i)) return false;
      misplaced ||= !zero(i, t);
    }
  }
  return misplaced;
}

/** What to say of the first value of the valid steps that is not finite, if there is one. */
export function nonFinitePlace({ data, shape, lengths, where, first }: Packed): string | undefined {
  const features = shape.at(-1) ?? 1;
  const steps = shape.length === 3 ? (shape[1] ?? 1) : 1;
  const i = data.findIndex((value, at) => {
    if (Number.isFinite(value)) return false;
    const row = Math.floor(at / features);
    return row % steps < (lengths?.[Math.floor(row / steps)] ?? steps);
  });
  if (i < 0) return undefined;
  const row = Math.floor(i / features);
  const example = (first ?? 0) + Math.floor(row / steps);
  const place = shape.length === 3 ? [example, row % steps] : [example];
  return `${where}${[...place, i % features].map((n) => `[${n}]`).join('')}: expected a finite number, got ${data[i]}`;
}

function packNested(value: unknown, expected: Expected): Packed {
  const { where, shape } = expected;
  if (!isValues(value)) {
    throw new DataError(`${where}: expected nested arrays or a tensor, got ${show(value)}`);
  }
  const rank = shape.length + 1;
  const sizes = sizesOf(value);
  const features = shape.at(-1) ?? 0;
  const short = sizes.length === rank - 1 && features === 1;
  const empty = sizes.at(-1) === 0;
  const advice = empty
    ? undefined
    : expected.advice?.(sizes, Array.isArray(value) ? 'array' : 'typed');
  const fits = sizes.length === rank || short || (empty && sizes.length < rank);
  if (!fits || advice !== undefined) refuse(expected, sizes, advice);
  return rank === 2
    ? packVectors(value, features, short, expected)
    : packSequences(value, shape[0] ?? null, features, short, expected);
}

function packVectors(value: Values, features: number, short: boolean, expected: Expected): Packed {
  const data = new Float32Array(value.length * features);
  if (short) fill(data, 0, value, expected.where);
  else {
    for (let i = 0; i < value.length; i++) {
      row(data, i * features, value[i], features, `${expected.where}[${i}]`);
    }
  }
  return { data, shape: [value.length, features], owned: true, where: expected.where };
}

function packSequences(
  value: Values,
  steps: number | null,
  features: number,
  short: boolean,
  { where }: Expected,
): Packed {
  const lengths = new Uint32Array(value.length);
  let longest = 0;
  for (let i = 0; i < value.length; i++) {
    const example = value[i];
    if (!isValues(example))
      throw new DataError(`${where}[${i}]: expected an array, got ${show(example)}`);
    if (example.length === 0)
      throw new DataError(`${where}[${i}]: expected at least one time step, got none`);
    if (steps !== null && example.length !== steps) {
      throw new ShapeError(`${where}[${i}]: expected ${steps} time steps, got ${example.length}`);
    }
    lengths[i] = example.length;
    longest = Math.max(longest, example.length);
  }
  const data = new Float32Array(value.length * longest * features);
  for (let i = 0; i < value.length; i++) {
    const example = value[i] as Values;
    const start = i * longest * features;
    if (short) fill(data, start, example, `${where}[${i}]`);
    else {
      for (let t = 0; t < example.length; t++) {
        row(data, start + t * features, example[t], features, `${where}[${i}][${t}]`);
      }
    }
  }
  const packed = { data, shape: [value.length, longest, features], owned: true, where };
  return lengths.every((length) => length === longest) ? packed : { ...packed, lengths };
}

function row(
  data: Float32Array,
  start: number,
  values: unknown,
  features: number,
  where: string,
): void {
  if (!isValues(values)) throw new DataError(`${where}: expected an array, got ${show(values)}`);
  if (values.length !== features) {
    throw new ShapeError(`${where}: expected ${features} features, got ${values.length}`);
  }
  fill(data, start, values, where);
}

function fill(data: Float32Array, start: number, values: Values, where: string): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new DataError(`${where}[${i}]: expected a finite number, got ${show(value)}`);
    }
    data[start + i] = value;
  }
}

/** Checks that inputs and targets have as many examples and, for sequences, the same steps. */
export function checkPair(
  x: Packed,
  y: Packed,
  names: readonly [string, string] = ['x', 'y'],
): void {
  const [nameX, nameY] = names;
  if (x.shape[0] !== y.shape[0]) {
    const exchanged = x.shape.length === 3 && x.shape[1] === y.shape[0];
    throw new ShapeError(
      `${nameY}: expected ${x.shape[0]} examples, as many as ${nameX} has, got ${y.shape[0]}${exchanged ? `; of ${nameX}: ${timeMajor}` : ''}`,
    );
  }
  if (x.shape.length !== 3 || y.shape.length !== 3) return;
  const count = x.shape[0] ?? 0;
  for (let i = 0; i < count; i++) {
    const steps = x.lengths?.[i] ?? x.shape[1];
    const got = y.lengths?.[i] ?? y.shape[1];
    const padded = y.lengths === undefined && got === x.shape[1];
    if (got !== steps && !padded) {
      throw new ShapeError(
        `${nameY}[${i}]: expected ${steps} time steps, as ${nameX}[${i}] has, got ${got}`,
      );
    }
  }
}
