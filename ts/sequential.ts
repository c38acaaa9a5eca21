import { fail, knownOptions, MOST_FEATURES, show, text, wholeNumber } from './check.ts';
import { type EngineOptions, engineOptions } from './engine/options.ts';
import { SpecError } from './errors.ts';
import type { layers } from './layers.ts';
import { type Layer, remadeLayer } from './layers.ts';
import type { FittingLayers, OutputShape } from './layers/output.ts';
import { Model } from './model.ts';
import { outputShape } from './shapes.ts';
import type { ModelSpec, NodeSpec, Port, Shape } from './spec.ts';

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
  list: FittingLayers<L, S>,
  given: SequentialOptions<S>,
): Model<S, OutputShape<L, S>> {
  if (!Array.isArray(list) || list.length === 0) fail('sequential', 'a list of layers', list);
  knownOptions('sequential', given, options);
  const spec = sequentialSpec(list, given.inputShape, given.seed ?? 0);
  return new Model(spec, {
    name: text('sequential: name', given.name ?? 'sequential'),
    ...engineOptions('sequential', given),
  });
}

function sequentialSpec(list: readonly Layer[], inputShape: InputShape, seed: number): ModelSpec {
  let shape = checkInputShape(inputShape);
  const taken = new Set(['input']);
  const nodes: NodeSpec[] = [];
  let before: Port = ['input', 0];
  list.forEach((item: Layer, i) => {
    if (typeof item !== 'object' || item === null || !knownTypes.has(item.type)) {
      fail(`sequential: layers[${i}]`, 'one of layers.*', item);
    }
    const { name: given, ...layer } = remadeLayer(item);
    const name = given ?? freeName(baseNames[item.type] ?? item.type, list, taken);
    if (taken.has(name)) {
      throw new SpecError(
        `sequential: layers[${i}]: expected a name of its own, got ${show(name)} again`,
      );
    }
    taken.add(name);
    shape = outputShape(item, name, shape, sequenceCure(nodes, inputShape));
    checkSoftmax(layer, name, shape);
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

/** What gives a recurrent layer the sequences that it needs, after these layers. */
function sequenceCure(before: readonly NodeSpec[], inputShape: InputShape): string {
  const flat = before.findLast(
    ({ layer }) => layer.type === 'flatten' || 'returnSequences' in layer,
  );
  if (flat?.layer.type === 'flatten') return `; ${show(flat.name)} takes the time steps away`;
  if (flat !== undefined) return `; ${show(flat.name)} before it needs returnSequences: true`;
  const [size] = inputShape;
  return `; inputShape: [null, ${size}] is sequences with ${size} features, [${size}, 1] is ${size} steps of one`;
}

/** Softmax over one unit is 1 whatever comes, and learns nothing. */
function checkSoftmax(layer: NodeSpec['layer'], name: string, shape: Shape): void {
  if (!('activation' in layer) || layer.activation !== 'softmax' || shape.at(-1) !== 1) return;
  throw new SpecError(
    `${name}: softmax over one unit is always 1: expected a unit for each class, or activation: 'sigmoid'`,
  );
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
