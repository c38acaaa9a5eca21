import { knownOptions } from '../check.ts';
import { type Named, named } from './named.ts';

/** `[time, features]` → `[time·features]`. */
export interface FlattenLayer extends Named {
  readonly type: 'flatten';
}

/** [batch, time, features] → [batch, time·features]; the number of time steps must be fixed. */
export function flatten(options: Named = {}): FlattenLayer {
  knownOptions('layers.flatten', options, ['name']);
  return { type: 'flatten', ...named('layers.flatten', options) };
}
