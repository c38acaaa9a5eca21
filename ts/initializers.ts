import { finite, knownOptions, positive, oneOf, remade, show } from './check.ts';
import { SpecError } from './errors.ts';

const shortcuts = [
  'zeros',
  'ones',
  'glorotUniform',
  'glorotNormal',
  'heUniform',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'orthogonal',
  'identity',
] as const;

type Plain = Exclude<(typeof shortcuts)[number], 'orthogonal' | 'identity'>;

/** How a parameter starts, as plain data. */
export type Initializer =
  | { readonly type: Plain }
  | { readonly type: 'constant'; readonly value: number }
  | { readonly type: 'randomUniform'; readonly minval: number; readonly maxval: number }
  | {
      readonly type: 'randomNormal' | 'truncatedNormal';
      readonly mean: number;
      readonly stddev: number;
    }
  | { readonly type: 'orthogonal' | 'identity'; readonly gain: number };

/** An initialiser, or the name of one with its defaults. */
export type InitializerLike = Initializer | (typeof shortcuts)[number];

/** Keras's initialisers. Fans are counted as Keras counts them. */
export const initializers = {
  /** All zero. */
  zeros: (): Initializer => ({ type: 'zeros' }),
  /** All one. */
  ones: (): Initializer => ({ type: 'ones' }),
  /** One value everywhere. */
  constant: (value: number): Initializer => ({
    type: 'constant',
    value: finite('initializers.constant', value),
  }),
  /** Uniform in ±√(6/(fanIn+fanOut)). */
  glorotUniform: (): Initializer => ({ type: 'glorotUniform' }),
  /** Normal, truncated at two standard deviations, variance 2/(fanIn+fanOut). */
  glorotNormal: (): Initializer => ({ type: 'glorotNormal' }),
  /** Uniform in ±√(6/fanIn). */
  heUniform: (): Initializer => ({ type: 'heUniform' }),
  /** Normal, truncated at two standard deviations, variance 2/fanIn. */
  heNormal: (): Initializer => ({ type: 'heNormal' }),
  /** Uniform in ±√(3/fanIn). */
  lecunUniform: (): Initializer => ({ type: 'lecunUniform' }),
  /** Normal, truncated at two standard deviations, variance 1/fanIn. */
  lecunNormal: (): Initializer => ({ type: 'lecunNormal' }),
  /**
   * Uniform in [minval, maxval).
   * @param options - `minval` @default -0.05, `maxval` @default 0.05
   */
  randomUniform: (options: { minval?: number; maxval?: number } = {}): Initializer => {
    const where = 'initializers.randomUniform';
    knownOptions(where, options, ['minval', 'maxval']);
    const minval = finite(`${where}: minval`, options.minval ?? -0.05);
    const maxval = finite(`${where}: maxval`, options.maxval ?? 0.05);
    positive(`${where}: maxval - minval`, Math.fround(maxval) - Math.fround(minval), true);
    return { type: 'randomUniform', minval, maxval };
  },
  /**
   * Normal.
   * @param options - `mean` @default 0, `stddev` @default 0.05
   */
  randomNormal: (options: { mean?: number; stddev?: number } = {}): Initializer =>
    normal('randomNormal', options),
  /**
   * Normal, redrawn beyond two standard deviations.
   * @param options - `mean` @default 0, `stddev` @default 0.05
   */
  truncatedNormal: (options: { mean?: number; stddev?: number } = {}): Initializer =>
    normal('truncatedNormal', options),
  /**
   * Rows or columns orthonormal, times `gain`.
   * @param options - `gain` @default 1
   */
  orthogonal: (options: { gain?: number } = {}): Initializer => scaled('orthogonal', options),
  /**
   * Identity matrix times `gain`.
   * @param options - `gain` @default 1
   */
  identity: (options: { gain?: number } = {}): Initializer => scaled('identity', options),
} as const;

function normal(
  type: 'randomNormal' | 'truncatedNormal',
  options: { mean?: number; stddev?: number },
): Initializer {
  knownOptions(`initializers.${type}`, options, ['mean', 'stddev']);
  return {
    type,
    mean: finite(`initializers.${type}: mean`, options.mean ?? 0),
    stddev: positive(`initializers.${type}: stddev`, options.stddev ?? 0.05, true),
  };
}

function scaled(type: 'orthogonal' | 'identity', options: { gain?: number }): Initializer {
  knownOptions(`initializers.${type}`, options, ['gain']);
  return { type, gain: finite(`initializers.${type}: gain`, options.gain ?? 1) };
}

/** Resolves a shortcut. */
export function initializer(where: string, value: InitializerLike): Initializer {
  if (typeof value === 'object' && value !== null && typeof value.type === 'string') {
    if (!Object.hasOwn(initializers, value.type)) {
      throw new SpecError(`${where}: expected one of initializers.*, got ${show(value)}`);
    }
    if (value.type !== 'constant') return remade<Initializer>(where, initializers as never, value);
    knownOptions(where, value, ['type', 'value']);
    return initializers.constant(value.value);
  }
  return initializers[oneOf(where, value, shortcuts)]();
}
