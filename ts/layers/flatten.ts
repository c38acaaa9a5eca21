import { knownOptions } from '../check.ts';
import { type Named, named } from './named.ts';
import type { ShapeText } from './output.ts';

/** `[time, features]` → `[time·features]`. */
export interface FlattenLayer extends Named {
  /** The layer's type. */
  readonly type: 'flatten';
}

/** Shape rule of flatten. The product of the sizes is not worked out. */
export type FlattenOutput<S> = S extends readonly [infer Steps, unknown]
  ? [Steps] extends [null]
    ? `flatten: expected a fixed number of time steps, got ${ShapeText<S>}; give inputShape: [steps, features]`
    : readonly [number]
  : S;

/** [batch, time, features] → [batch, time·features]; the number of time steps must be fixed. */
export function flatten(options: Named = {}): FlattenLayer {
  knownOptions('layers.flatten', options, ['name']);
  return { type: 'flatten', ...named('layers.flatten', options) };
}
