import type { Loss } from './losses.ts';
import type { Shape } from './spec.ts';

/** Sizes of what came, axis by axis. */
type Sizes = readonly number[];
/** A tensor, a typed array or another array. */
export type Kind = 'tensor' | 'typed' | 'array';

/**
 * What to do where inputs do not fit, if they look like a known mistake.
 * @param shape - of one example
 * @param kind - what came
 */
export function inputAdvice(shape: Shape, sizes: Sizes, kind: Kind): string | undefined {
  const features = shape.at(-1) ?? 1;
  const [first = 0, second] = sizes;
  const rank = shape.length + 1;
  if (sizes.length === rank)
    return rank === 3 && shape[0] === first && shape[0] !== second ? timeMajor : undefined;
  // Where the last axis may be left out, what has one axis less is a batch already.
  const fits = rank === 2 || shape[0] === null || shape[0] === second;
  if (features === 1 && sizes.length === rank - 1 && fits) return undefined;
  const row = sizes.length === 1;
  const example = [first, ...(features === 1 && row ? [1] : sizes.slice(1))];
  const one =
    example.length === shape.length &&
    shape.every((size, i) => size === null || size === example[i]);
  const rows =
    kind === 'typed' && row && (rank === 3 || first !== features) && first % features === 0;
  const several = `tensor(x, [${rank === 3 ? 'batch, time' : first / features}, ${features}])`;
  const alone = kind === 'tensor' ? `tensor(x.data, [1, ${example.join(', ')}])` : '[x]';
  if (one) return `one example is ${alone}${rows ? `, several in a row are ${several}` : ''}`;
  return rows ? `examples in a row are ${several}` : undefined;
}

/** What to do where the first two axes look exchanged. */
export const timeMajor =
  'it looks time-major, [time, batch, features]: exchange the first two axes';

/**
 * What to do where targets do not fit, if they are of the other kind of class targets.
 * @param rank - of the outputs, the batch included
 * @param units - size of the outputs' last axis
 */
export function targetAdvice(
  { type }: Loss,
  rank: number,
  units: number,
  sizes: Sizes,
): string | undefined {
  const numbers = sizes.length === rank - 1 || (sizes.length === rank && sizes.at(-1) === 1);
  if (type === 'categoricalCrossentropy' && numbers && units > 1)
    return 'class numbers go with sparseCategoricalCrossentropy';
  const rows = sizes.length === rank ? (sizes.at(-1) ?? 1) : 1;
  if (type === 'sparseCategoricalCrossentropy' && rows > 1 && rows === units)
    return 'one-hot rows go with categoricalCrossentropy';
  if (type === 'binaryCrossentropy' && units === 1 && rows === 2)
    return 'one-hot rows of two classes go with categoricalCrossentropy and two units with softmax';
  return undefined;
}
