import type { Layer } from './layers.ts';
import type { Loss } from './losses.ts';
import type { Metric } from './metrics.ts';
import type { Optimizer } from './optimizers.ts';

/** Shape of one example, or with the batch in front; `null` stands for any length. */
export type Shape = readonly (number | null)[];

/** `[name, index]`: output `index` of the input or layer `name`. */
export type Port = readonly [name: string, index: number];

/** A layer without its name, which the node has. */
export type Unnamed<L extends Layer> = L extends Layer ? Omit<L, 'name'> : never;

/** One layer of the graph and what it reads. */
export interface NodeSpec {
  /** The layer's name. */
  readonly name: string;
  /** The layer. */
  readonly layer: Unnamed<Layer>;
  /** What it reads. */
  readonly inputs: readonly Port[];
}

/** An input of the graph. */
export interface InputSpec {
  /** The input's name. */
  readonly name: string;
  /** Shape of one example. */
  readonly shape: Shape;
}

/** A model as plain data: what crosses to the engine as JSON. */
export interface ModelSpec {
  /** What goes in. */
  readonly inputs: readonly InputSpec[];
  /** The layers, each after what it reads. */
  readonly nodes: readonly NodeSpec[];
  /** What comes out. */
  readonly outputs: readonly Port[];
  /** Seed of initialisation, shuffling and dropout. */
  readonly seed: number;
}

/** How a model is trained, as plain data. */
export interface CompileSpec {
  /** What is minimised. */
  readonly loss: Loss;
  /** By what rule. */
  readonly optimizer: Optimizer;
  /** What is reported besides. */
  readonly metrics: readonly Metric[];
}
