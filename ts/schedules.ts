import { between, flag, knownOptions, positive, show } from './check.ts';
import { SpecError } from './errors.ts';

/** A learning rate as a function of the optimizer's step, counted from 0; plain data. */
export type Schedule =
  | {
      /** Which schedule. */
      readonly type: 'constant';
      /** The rate. */
      readonly value: number;
    }
  | {
      /** Which schedule. */
      readonly type: 'exponential';
      /** Rate at step 0. */
      readonly initial: number;
      /** Steps until one factor of `decayRate`. */
      readonly decaySteps: number;
      /** The factor. */
      readonly decayRate: number;
      /** Whether it decays in whole jumps. */
      readonly staircase: boolean;
    }
  | {
      /** Which schedule. */
      readonly type: 'cosine';
      /** Rate at step 0. */
      readonly initial: number;
      /** Steps of the decay, after the warm-up. */
      readonly decaySteps: number;
      /** Share of the peak that is left at the end. */
      readonly alpha: number;
      /** Peak after the warm-up, if there is one. */
      readonly warmupTarget?: number;
      /** Steps of the warm-up. */
      readonly warmupSteps: number;
    }
  | {
      /** Which schedule. */
      readonly type: 'piecewise';
      /** Steps after which the next value holds. */
      readonly boundaries: readonly number[];
      /** The rates, one more than boundaries. */
      readonly values: readonly number[];
    }
  | {
      /** Which schedule. */
      readonly type: 'oneCycle';
      /** The peak. */
      readonly max: number;
      /** Steps of the whole cycle. */
      readonly totalSteps: number;
    };

/** Options of {@link schedules.exponential}. */
export interface ExponentialOptions {
  /** Rate at step 0. */
  readonly initial: number;
  /** Steps until one factor of `decayRate`. */
  readonly decaySteps: number;
  /** The factor. */
  readonly decayRate: number;
  /** Decay in whole jumps. @default false */
  readonly staircase?: boolean;
}

/** Options of {@link schedules.cosine}. */
export interface CosineOptions {
  /** Rate at step 0. */
  readonly initial: number;
  /** Steps of the decay, after the warm-up. */
  readonly decaySteps: number;
  /** Share of the peak that is left at the end. @default 0 */
  readonly alpha?: number;
  /** Peak after the warm-up. @default no warm-up */
  readonly warmupTarget?: number;
  /** Steps of the warm-up. @default 0 */
  readonly warmupSteps?: number;
}

/** Options of {@link schedules.piecewise}. */
export interface PiecewiseOptions {
  /** Steps after which the next value holds, ascending. */
  readonly boundaries: readonly number[];
  /** The rates, one more than boundaries. */
  readonly values: readonly number[];
}

/** Options of {@link schedules.oneCycle}. */
export interface OneCycleOptions {
  /** The peak. */
  readonly max: number;
  /** Steps of the whole cycle. */
  readonly totalSteps: number;
}

/** Learning-rate schedules. A step is one mini-batch. */
export const schedules = {
  /** `initial·decayRate^(step/decaySteps)`. */
  exponential(options: ExponentialOptions): Schedule {
    const where = 'schedules.exponential';
    knownOptions(where, options, ['initial', 'decaySteps', 'decayRate', 'staircase']);
    return {
      type: 'exponential',
      initial: positive(`${where}: initial`, options.initial, true),
      decaySteps: positive(`${where}: decaySteps`, options.decaySteps),
      decayRate: positive(`${where}: decayRate`, options.decayRate),
      staircase: flag(`${where}: staircase`, options.staircase ?? false),
    };
  },
  /** Half a cosine from `initial` to `alpha·initial`, after an optional linear warm-up. */
  cosine(options: CosineOptions): Schedule {
    const where = 'schedules.cosine';
    knownOptions(where, options, ['initial', 'decaySteps', 'alpha', 'warmupTarget', 'warmupSteps']);
    const warmupTarget = options.warmupTarget ?? undefined;
    const warmupSteps = positive(`${where}: warmupSteps`, options.warmupSteps ?? 0, true);
    if (warmupTarget === undefined && Math.fround(warmupSteps) > 0) {
      throw new SpecError(`${where}: warmupSteps of ${warmupSteps} needs a warmupTarget`);
    }
    return {
      type: 'cosine',
      initial: positive(`${where}: initial`, options.initial, true),
      decaySteps: positive(`${where}: decaySteps`, options.decaySteps),
      alpha: positive(`${where}: alpha`, options.alpha ?? 0, true),
      warmupSteps,
      ...(warmupTarget === undefined
        ? {}
        : { warmupTarget: positive(`${where}: warmupTarget`, warmupTarget, true) }),
    };
  },
  /** `values[i]` up to and including step `boundaries[i]`, then the next value. */
  piecewise(options: PiecewiseOptions): Schedule {
    const where = 'schedules.piecewise';
    knownOptions(where, options, ['boundaries', 'values']);
    const { boundaries, values } = options;
    if (
      !Array.isArray(boundaries) ||
      !Array.isArray(values) ||
      values.length !== boundaries.length + 1
    ) {
      throw new SpecError(
        `${where}: expected one more value than boundaries, got ${show(values)} and ${show(boundaries)}`,
      );
    }
    boundaries.forEach((step, i) => {
      positive(`${where}: boundaries[${i}]`, step, true);
      if (i > 0 && Math.fround(step) <= Math.fround(boundaries[i - 1] as number)) {
        throw new SpecError(`${where}: expected ascending boundaries, got ${show(boundaries)}`);
      }
    });
    values.forEach((rate, i) => {
      positive(`${where}: values[${i}]`, rate, true);
    });
    return { type: 'piecewise', boundaries: [...boundaries], values: [...values] };
  },
  /** Smith's 1-cycle over `totalSteps`: up from `max/10` to `max`, down again, then to `max/10000`. */
  oneCycle(options: OneCycleOptions): Schedule {
    const where = 'schedules.oneCycle';
    knownOptions(where, options, ['max', 'totalSteps']);
    return {
      type: 'oneCycle',
      max: positive(`${where}: max`, options.max),
      totalSteps: between(`${where}: totalSteps`, options.totalSteps, 4, 1e15),
    };
  },
} as const;

const types: readonly Schedule['type'][] = [
  'constant',
  'exponential',
  'cosine',
  'piecewise',
  'oneCycle',
];

/** A number is a constant rate. */
export function learningRate(where: string, value: number | Schedule): Schedule {
  if (typeof value === 'number') {
    return { type: 'constant', value: positive(where, value, true) };
  }
  if (typeof value === 'object' && value !== null && types.includes(value.type)) {
    // Made anew: somebody may have edited it.
    const { type, ...options } = value;
    if (type !== 'constant') return (schedules[type] as (options: object) => Schedule)(options);
    knownOptions(where, options, ['value']);
    return { type, value: positive(where, value.value, true) };
  }
  throw new SpecError(`${where}: expected a number or one of schedules.*, got ${show(value)}`);
}
