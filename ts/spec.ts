import type { Layer } from './layers.ts';
import type { Loss } from './losses.ts';
import type { Metric } from './metrics.ts';
import type { Optimizer } from './optimizers.ts';

/** Shape of one example, or with the batch in front; `null` stands for any length. */
export type Shape = readonly (number | null)[];

/** `[name, index]`: output `index` of the input or layer `name`. */
export type Port = readonly [name: string, index: number];

/** Omit that keeps the members of a union apart. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** One layer of the graph and what it reads. */
export interface NodeSpec {
  readonly name: string;
  readonly layer: Without<Layer, 'name'>;
  readonly inputs: readonly Port[];
}

/** A model as plain data: what crosses to the engine as JSON. */
export interface ModelSpec {
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  readonly nodes: readonly NodeSpec[];
  readonly outputs: readonly Port[];
  readonly seed: number;
}

/** How a model is trained, as plain data. */
export interface CompileSpec {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
  readonly metrics: readonly Metric[];
}
