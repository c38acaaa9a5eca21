import { show } from './check.ts';
import { DataError, ShapeError } from './errors.ts';
import { batchShape, sizeOf } from './shapes.ts';
import type { Shape } from './spec.ts';
import { isTensor, type Tensor } from './tensor.ts';

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

/** What the model expects of an argument. */
export interface Expected {
  /** Name of the argument, for messages: `x`. */
  readonly where: string;
  /** Shape of one example. */
  readonly shape: Shape;
}

type Values = ArrayLike<unknown>;

const isValues = (value: unknown): value is Values =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));

/** Number of array levels down to the first number. */
function depth(value: unknown): number {
  let levels = 0;
  for (let inner = value; isValues(inner); inner = inner[0]) levels++;
  return levels;
}

function refuse({ where, shape }: Expected, got: string): never {
  throw new ShapeError(`${where}: expected shape ${batchShape(shape)}, got ${got}`);
}

/** The sizes of nested arrays along their first elements, for messages. */
function sizes(value: unknown): string {
  const list: number[] = [];
  for (let inner = value; isValues(inner); inner = inner[0]) list.push(inner.length);
  return `[${list.join(', ')}]`;
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
  if (!fits) refuse(expected, show([...value.shape]));
  const { where } = expected;
  const { data, lengths } = value;
  // The engine looks for NaN and infinity: a large tensor must not keep this thread.
  if (lengths === undefined) return { data, shape, owned: false, where };
  checkLengths(where, lengths, shape);
  return { data, shape, lengths: lengths.slice(), owned: false, where };
}

function checkLengths(where: string, lengths: Uint32Array, shape: readonly number[]): void {
  const steps = shape[1] ?? 0;
  lengths.forEach((length, i) => {
    if (length < 1 || length > steps) {
      throw new DataError(`${where}: lengths[${i}]: expected 1 to ${steps} steps, got ${length}`);
    }
  });
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
  const levels = depth(value);
  const features = shape.at(-1) ?? 0;
  const short = levels === rank - 1 && features === 1;
  if (value.length > 0 && levels !== rank && !short) refuse(expected, sizes(value));
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
    throw new ShapeError(
      `${nameY}: expected ${x.shape[0]} examples, as many as ${nameX} has, got ${y.shape[0]}`,
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
