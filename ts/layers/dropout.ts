import { knownOptions, share } from '../check.ts';
import { type Named, named } from './named.ts';

/** Zeroes a share of the inputs while training and scales the rest. */
export interface DropoutLayer extends Named {
  /** The layer's type. */
  readonly type: 'dropout';
  /** Share dropped, in [0, 1). */
  readonly rate: number;
}

/**
 * Zeroes a share of the inputs while training and scales the rest by `1/(1-rate)`; any shape.
 * @param rate - share dropped, in [0, 1)
 */
export function dropout(rate: number, options: Named = {}): DropoutLayer {
  knownOptions('layers.dropout', options, ['name']);
  return {
    type: 'dropout',
    ...named('layers.dropout', options),
    rate: share('layers.dropout: rate', rate),
  };
}
