import { show } from './check.ts';
import { DataError, ShapeError } from './errors.ts';
import { sizeOf, type WeightShape } from './shapes.ts';
import { isList, isTensor, NamedTensor, type Nested } from './tensor.ts';

/** A weight: a tensor, {data, shape}, nested arrays, or flat values of the right number. */
export type WeightLike =
  | {
      /** The values, row by row. */
      readonly data: ArrayLike<number>;
      /** Sizes of the axes, to be checked. */
      readonly shape?: readonly number[];
      /** The weight's name. */
      readonly name?: string;
    }
  | Nested<1>
  | Nested<2>;

/** Cuts flat values into named weights. */
export function unflatten(flat: Float32Array, shapes: readonly WeightShape[]): NamedTensor[] {
  let offset = 0;
  return shapes.map(({ name, shape }) => {
    const size = sizeOf(shape);
    const data = flat.slice(offset, offset + size);
    offset += size;
    return new NamedTensor(name, data, [...shape]);
  });
}

/** What a weight is in its layer: `kernel` of `lstm/kernel` and of Keras's `lstm/lstm_cell/kernel:0`. */
const partOf = (name: string): string => name.replace(/:\d+$/, '').replace(/^.*\//, '');
const parts: ReadonlySet<string> = new Set(['kernel', 'recurrent_kernel', 'bias']);

/** Weights with names must stand where the names say; others are taken by their order. */
function checkNames(weights: readonly unknown[], shapes: readonly WeightShape[]): void {
  const names = weights.map((weight) => {
    const named = typeof weight === 'object' && weight !== null && 'name' in weight;
    return named && typeof weight.name === 'string' ? weight.name : undefined;
  });
  const known = new Set(names);
  const sameNames = known.size === shapes.length && shapes.every(({ name }) => known.has(name));
  shapes.forEach(({ name }, i) => {
    const given = names[i];
    if (given === undefined) return;
    const other = parts.has(partOf(given)) && partOf(given) !== partOf(name);
    if (other || (sameNames && given !== name)) {
      throw new DataError(
        `setWeights: weights[${i}]: expected ${name}, got ${given}: give the weights in the order of getWeights(), or without names`,
      );
    }
  });
}

/** Checks weights and lays them one after the other. */
export function flatten(
  weights: readonly WeightLike[],
  shapes: readonly WeightShape[],
): Float32Array {
  if (!Array.isArray(weights) || weights.length !== shapes.length) {
    const got = Array.isArray(weights) ? String(weights.length) : show(weights);
    throw new ShapeError(
      `setWeights: expected ${shapes.length} weights (${shapes.map(({ name }) => name).join(', ')}), got ${got}`,
    );
  }
  checkNames(weights, shapes);
  const flat = new Float32Array(shapes.reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  let offset = 0;
  shapes.forEach(({ name, shape }, i) => {
    const size = sizeOf(shape);
    place(flat.subarray(offset, offset + size), weights[i], shape, `setWeights: ${name}`);
    offset += size;
  });
  return flat;
}

function place(into: Float32Array, weight: unknown, shape: readonly number[], where: string): void {
  const expected = `[${shape.join(', ')}]`;
  if (isTensor(weight) || (typeof weight === 'object' && weight !== null && 'data' in weight)) {
    const given = 'shape' in weight ? weight.shape : undefined;
    if (Array.isArray(given) && show(given) !== show([...shape])) {
      throw new ShapeError(`${where}: expected shape ${expected}, got ${show(given)}`);
    }
    return place(into, weight.data, shape, where);
  }
  const [size = 1, ...below] = shape;
  const values = isList(weight) ? weight : fail(where, `values of shape ${expected}`, weight);
  const flat = typeof values[0] === 'number';
  const count = flat ? into.length : size;
  if (values.length !== count) {
    throw new ShapeError(`${where}: expected shape ${expected}, got ${values.length} values`);
  }
  const stride = into.length / size;
  for (let i = 0; i < count; i++) {
    if (!flat)
      place(into.subarray(i * stride, (i + 1) * stride), values[i], below, `${where}[${i}]`);
    else if (typeof values[i] === 'number' && Number.isFinite(values[i]))
      into[i] = values[i] as number;
    else fail(`${where}[${i}]`, 'a finite number', values[i]);
  }
}

function fail(where: string, expected: string, got: unknown): never {
  throw new DataError(`${where}: expected ${expected}, got ${show(got)}`);
}
