import type { Layer, OutputShapes } from '../layers.ts';
import type { Shape } from '../spec.ts';

/**
 * Shape that the layer `L` gives for one example of shape `S`; a sentence that says what is wrong
 * where it gives none.
 */
export type Apply<L extends Layer, S> = L extends Layer ? OutputShapes<L, S>[L['type']] : never;

/** The layers of `L` one after the other, from shape `S`; any where the list is not known. */
export type ApplyAll<L extends readonly Layer[], S> = L extends readonly []
  ? S
  : L extends readonly [infer First extends Layer, ...infer Rest extends readonly Layer[]]
    ? Apply<First, S> extends infer Output
      ? [Output] extends [string]
        ? Output
        : ApplyAll<Rest, Exclude<Output, string>>
      : never
    : // Only `any` fits a model of every shape.
      // eslint-disable-next-line @typescript-eslint/no-explicit-any
      any;

/** Shape that the layers of `L` give; any where it is not known. */
export type OutputShape<L extends readonly Layer[], S> =
  ApplyAll<L, S> extends infer Output extends Shape
    ? Output
    : // eslint-disable-next-line @typescript-eslint/no-explicit-any
      any;

/** The list itself; where a layer does not fit, the list with the sentence in that layer's place. */
export type FittingLayers<L extends readonly Layer[], S> = number extends L['length']
  ? L
  : [S] extends [never]
    ? L
    : ApplyAll<L, S> extends string
      ? MarkedLayers<NoInfer<L>, S>
      : L;

/** A list of layers with a sentence in place of the first one that does not fit. */
export type MarkedLayers<
  L extends readonly unknown[],
  S,
  Before extends readonly unknown[] = readonly [],
> = L extends readonly [infer First extends Layer, ...infer Rest]
  ? Apply<First, S> extends infer Output
    ? [Output] extends [string]
      ? readonly [...Before, Output, ...Rest]
      : MarkedLayers<Rest, Exclude<Output, string>, readonly [...Before, First]>
    : never
  : readonly [...Before, ...L];

/** How a shape is shown in a sentence. */
export type ShapeText<S> = S extends readonly [infer A extends number | null]
  ? `[${A}]`
  : S extends readonly [infer A extends number | null, infer B extends number | null]
    ? `[${A}, ${B}]`
    : 'another shape';
