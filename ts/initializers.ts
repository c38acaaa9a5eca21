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

/** How a parameter starts, as plain data. */
export type Initializer =
  | {
      /** Which initialiser. */
      readonly type: Exclude<(typeof shortcuts)[number], 'orthogonal' | 'identity'>;
    }
  | {
      /** Which initialiser. */
      readonly type: 'constant';
      /** The value. */
      readonly value: number;
    }
  | {
      /** Which initialiser. */
      readonly type: 'randomUniform';
      /** Least value. */
      readonly minval: number;
      /** Value that all are below. */
      readonly maxval: number;
    }
  | {
      /** Which initialiser. */
      readonly type: 'randomNormal' | 'truncatedNormal';
      /** Mean. */
      readonly mean: number;
      /** Standard deviation. */
      readonly stddev: number;
    }
  | {
      /** Which initialiser. */
      readonly type: 'orthogonal' | 'identity';
      /** Factor of the matrix. */
      readonly gain: number;
    };

/** Options of {@link initializers.randomUniform}. */
export interface UniformOptions {
  /** Least value. @default -0.05 */
  readonly minval?: number;
  /** Value that all are below. @default 0.05 */
  readonly maxval?: number;
}

/** Options of {@link initializers.randomNormal} and {@link initializers.truncatedNormal}. */
export interface NormalOptions {
  /** Mean. @default 0 */
  readonly mean?: number;
  /** Standard deviation. @default 0.05 */
  readonly stddev?: number;
}

/** Options of {@link initializers.orthogonal} and {@link initializers.identity}. */
export interface GainOptions {
  /** Factor of the matrix. @default 1 */
  readonly gain?: number;
}

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
  /** Uniform in [minval, maxval). */
  randomUniform: (options: UniformOptions = {}): Initializer => {
    const where = 'initializers.randomUniform';
    knownOptions(where, options, ['minval', 'maxval']);
    const minval = finite(`${where}: minval`, options.minval ?? -0.05);
    const maxval = finite(`${where}: maxval`, options.maxval ?? 0.05);
    positive(`${where}: maxval - minval`, Math.fround(maxval) - Math.fround(minval), true);
    return { type: 'randomUniform', minval, maxval };
  },
  /** Normal. */
  randomNormal: (options: NormalOptions = {}): Initializer => normal('randomNormal', options),
  /** Normal, redrawn beyond two standard deviations. */
  truncatedNormal: (options: NormalOptions = {}): Initializer => normal('truncatedNormal', options),
  /** Rows or columns orthonormal, times `gain`. */
  orthogonal: (options: GainOptions = {}): Initializer => scaled('orthogonal', options),
  /** Identity matrix times `gain`. */
  identity: (options: GainOptions = {}): Initializer => scaled('identity', options),
} as const;

function normal(type: 'randomNormal' | 'truncatedNormal', options: NormalOptions): Initializer {
  knownOptions(`initializers.${type}`, options, ['mean', 'stddev']);
  return {
    type,
    mean: finite(`initializers.${type}: mean`, options.mean ?? 0),
    stddev: positive(`initializers.${type}: stddev`, options.stddev ?? 0.05, true),
  };
}

function scaled(type: 'orthogonal' | 'identity', options: GainOptions): Initializer {
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
