import { knownOptions, positive, show } from './check.ts';
import { SpecError } from './errors.ts';

/** What a parameter must keep to after each step. */
export interface Constraint {
  /** Largest Euclidean norm of the weights that enter one unit. */
  readonly maxNorm?: number;
}

/** Constraints of weights. */
export const constraints = {
  /**
   * Scales the weights that enter one unit down to this Euclidean norm (Keras's `MaxNorm`, axis 0).
   * @param max - @default 2
   */
  maxNorm: (max = 2): Constraint => ({ maxNorm: positive('constraints.maxNorm', max) }),
} as const;

/** Checks a constraint; none is no constraint. */
export function constraint(where: string, value: Constraint | undefined): Constraint {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null) {
    throw new SpecError(`${where}: expected one of constraints.*, got ${show(value)}`);
  }
  knownOptions(where, value, ['maxNorm']);
  const maxNorm = value.maxNorm ?? undefined;
  return maxNorm === undefined ? {} : { maxNorm: positive(`${where}: maxNorm`, maxNorm) };
}
