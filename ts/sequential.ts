import { knownOptions, MOST_FEATURES, show, wholeNumber } from './check.ts';
import { type EngineOptions, engineOptions } from './engine/options.ts';
import { SpecError } from './errors.ts';
import type { layers } from './layers.ts';
import { type Layer, remadeLayer } from './layers.ts';
import { Model } from './model.ts';
import { outputShape } from './shapes.ts';
import type { ModelSpec, NodeSpec, Port } from './spec.ts';
import type { Nested, Tensor } from './tensor.ts';

/** Shape of one example: [time, features] with `null` for any length, or [features]. */
export type InputShape = readonly [number | null, number] | readonly [number];

/** Options of {@link sequential}. */
export interface SequentialOptions<S extends InputShape = InputShape> extends EngineOptions {
  /** Shape of one example: [time, features] with `null` for any length, or [features]. */
  readonly inputShape: S;
  /** Seed of initialisation, shuffling and dropout; a whole number below 2⁵³. @default 0 */
  readonly seed?: number;
  /** The model's name. @default 'sequential' */
  readonly name?: string;
}

/** What a model of this input shape reads. The last axis may be left out where its size is one. */
export type InputsOf<S extends InputShape> = S extends readonly [unknown, infer F]
  ? Tensor<3> | Nested<3> | (F extends 1 ? Tensor<2> | Nested<2> : never)
  : S extends readonly [infer F]
    ? Tensor<2> | Nested<2> | (F extends 1 ? Tensor<1> | Nested<1> : never)
    : never;

/** Rank of what a recurrent layer gives; both where `returnSequences` is only known to be a boolean. */
type SequenceRank<R> = R extends true ? 3 : 2;

/** Rank of what these layers give, the batch included: 3 for sequences, 2 for vectors. */
export type OutputRank<L extends readonly Layer[], S extends InputShape> = L extends readonly [
  ...infer Before extends readonly Layer[],
  infer Last,
]
  ? Last extends { readonly returnSequences: infer R }
    ? SequenceRank<R>
    : Last extends { readonly type: 'flatten' }
      ? 2
      : OutputRank<Before, S>
  : L extends readonly []
    ? S extends readonly [unknown, unknown]
      ? 3
      : 2
    : 2 | 3;

const options = ['inputShape', 'seed', 'name', 'thread', 'arithmetic'] as const;
const baseNames: Partial<Record<Layer['type'], string>> = { simpleRnn: 'simple_rnn' };

/**
 * A model whose layers follow one another. Nothing is computed yet: the engine starts with the
 * first call that needs it.
 *
 * @example
 * const model = sequential([layers.lstm(20), layers.dense(1)], { inputShape: [null, 1], seed: 42 });
 *
 * @throws SpecError where a layer, its input shape or an option cannot be used
 */
export function sequential<const S extends InputShape, const L extends readonly Layer[]>(
  list: L,
  given: SequentialOptions<S>,
): Model<InputsOf<S>, OutputRank<L, S>> {
  knownOptions('sequential', given, options);
  const spec = sequentialSpec(list, given.inputShape, given.seed ?? 0);
  return new Model(spec, {
    name: given.name ?? 'sequential',
    ...engineOptions('sequential', given),
  });
}

function sequentialSpec(list: readonly Layer[], inputShape: InputShape, seed: number): ModelSpec {
  if (!Array.isArray(list) || list.length === 0) {
    throw new SpecError(`sequential: expected a list of layers, got ${show(list)}`);
  }
  let shape = checkInputShape(inputShape);
  const taken = new Set(['input']);
  const nodes: NodeSpec[] = [];
  let before: Port = ['input', 0];
  list.forEach((item: Layer, i) => {
    if (typeof item !== 'object' || item === null || !knownTypes.has(item.type)) {
      throw new SpecError(`sequential: layers[${i}]: expected one of layers.*, got ${show(item)}`);
    }
    const { name: given, ...layer } = remadeLayer(item);
    const name = given ?? freeName(baseNames[item.type] ?? item.type, list, taken);
    if (taken.has(name)) {
      throw new SpecError(
        `sequential: layers[${i}]: expected a name of its own, got ${show(name)} again`,
      );
    }
    taken.add(name);
    shape = outputShape(item, name, shape);
    nodes.push({ name, layer, inputs: [before] });
    before = [name, 0];
  });
  return {
    inputs: [{ name: 'input', shape: [...inputShape] }],
    nodes,
    outputs: [before],
    seed: wholeNumber('sequential: seed', seed, 0),
  };
}

const knownTypes: ReadonlySet<string> = new Set<Layer['type']>([
  'simpleRnn',
  'lstm',
  'gru',
  'dense',
  'dropout',
  'flatten',
  'activation',
] satisfies Exclude<keyof typeof layers | 'simpleRnn', 'simpleRNN' | 'timeDistributed'>[]);

function freeName(base: string, list: readonly Layer[], taken: ReadonlySet<string>): string {
  const used = (name: string) => taken.has(name) || list.some((layer) => layer?.name === name);
  let name = base;
  for (let i = 1; used(name); i++) name = `${base}_${i}`;
  return name;
}

function checkInputShape(shape: InputShape): readonly (number | null)[] {
  const where = 'sequential: inputShape';
  if (!Array.isArray(shape) || (shape.length !== 1 && shape.length !== 2)) {
    throw new SpecError(`${where}: expected [time, features] or [features], got ${show(shape)}`);
  }
  return shape.map((size, i) =>
    size === null && i === 0 && shape.length === 2
      ? null
      : wholeNumber(`${where}[${i}]`, size, 1, MOST_FEATURES),
  );
}
