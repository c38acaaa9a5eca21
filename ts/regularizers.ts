import { knownOptions, positive, show } from './check.ts';
import { SpecError } from './errors.ts';

/** `l1·Σ|w| + l2·Σw²`, added to the loss. */
export interface Regularizer {
  /** Factor of the sum of magnitudes. */
  readonly l1: number;
  /** Factor of the sum of squares. */
  readonly l2: number;
}

/** Penalties on weights. */
export const regularizers = {
  /**
   * `factor·Σ|w|`.
   * @param factor - @default 0.01
   */
  l1: (factor = 0.01): Regularizer => ({ l1: positive('regularizers.l1', factor, true), l2: 0 }),
  /**
   * `factor·Σw²`.
   * @param factor - @default 0.01
   */
  l2: (factor = 0.01): Regularizer => ({ l1: 0, l2: positive('regularizers.l2', factor, true) }),
  /**
   * `l1·Σ|w| + l2·Σw²`.
   * @param options - `l1` @default 0.01, `l2` @default 0.01
   */
  l1l2: (options: { l1?: number; l2?: number } = {}): Regularizer => {
    knownOptions('regularizers.l1l2', options, ['l1', 'l2']);
    return {
      l1: positive('regularizers.l1l2: l1', options.l1 ?? 0.01, true),
      l2: positive('regularizers.l1l2: l2', options.l2 ?? 0.01, true),
    };
  },
} as const;

/** Checks a regulariser; none is no penalty. */
export function regularizer(where: string, value: Partial<Regularizer> | undefined): Regularizer {
  if (value === undefined) return { l1: 0, l2: 0 };
  if (typeof value !== 'object' || value === null) {
    throw new SpecError(`${where}: expected one of regularizers.*, got ${show(value)}`);
  }
  knownOptions(where, value, ['l1', 'l2']);
  return {
    l1: positive(`${where}: l1`, value.l1 ?? 0, true),
    l2: positive(`${where}: l2`, value.l2 ?? 0, true),
  };
}
