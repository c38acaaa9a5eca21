import { between, flag, knownOptions, oneOf, positive, share, show } from './check.ts';
import { SpecError } from './errors.ts';
import { learningRate, type Schedule } from './schedules.ts';

/** An update rule, as plain data. */
export type Rule =
  | {
      /** Which rule. */
      readonly type: 'sgd';
      /** Share of the last step kept. */
      readonly momentum: number;
      /** Whether the momentum has Nesterov's form. */
      readonly nesterov: boolean;
    }
  | {
      /** Which rule. */
      readonly type: 'rmsprop';
      /** Decay of the running mean of squares. */
      readonly rho: number;
      /** Share of the last step kept. */
      readonly momentum: number;
      /** Added to the denominator. */
      readonly epsilon: number;
      /** Whether the squared running mean is subtracted. */
      readonly centered: boolean;
    }
  | {
      /** Which rule. */
      readonly type: 'adam' | 'nadam';
      /** Decay of the first moment. */
      readonly beta1: number;
      /** Decay of the second moment. */
      readonly beta2: number;
      /** Added to the denominator. */
      readonly epsilon: number;
    }
  | {
      /** Which rule. */
      readonly type: 'adamw';
      /** Decay of the first moment. */
      readonly beta1: number;
      /** Decay of the second moment. */
      readonly beta2: number;
      /** Added to the denominator. */
      readonly epsilon: number;
      /** Share of each weight taken off a step, times the learning rate. */
      readonly weightDecay: number;
    };

/** An update rule with its learning rate and clipping, as plain data. */
export interface Optimizer {
  /** How a gradient becomes a step. */
  readonly rule: Rule;
  /** Step size. */
  readonly learningRate: Schedule;
  /** Every gradient element is clipped to ± this. */
  readonly clipvalue?: number;
  /** Each parameter's gradient is scaled down to this norm. */
  readonly clipnorm?: number;
  /** All gradients together are scaled down to this norm. */
  readonly globalClipnorm?: number;
}

/** Options of every optimizer. */
export interface OptimizerOptions {
  /** Step size: a number, or one of schedules.*. @default 0.001, for sgd 0.01 */
  readonly learningRate?: number | Schedule;
  /** Clip every gradient element to ± this. @default none */
  readonly clipvalue?: number;
  /** Scale each parameter's gradient down to this norm. @default none */
  readonly clipnorm?: number;
  /** Scale all gradients together down to this norm. @default none */
  readonly globalClipnorm?: number;
}

/** Options of {@link optimizers.sgd}. */
export interface SgdOptions extends OptimizerOptions {
  /** Share of the last step kept, from 0 to 1. @default 0 */
  readonly momentum?: number;
  /** Nesterov's form of momentum. @default false */
  readonly nesterov?: boolean;
}

/** Options of {@link optimizers.rmsprop}. */
export interface RmspropOptions extends OptimizerOptions {
  /** Decay of the running mean of squares. @default 0.9 */
  readonly rho?: number;
  /** Share of the last step kept. @default 0 */
  readonly momentum?: number;
  /** Added to the denominator. @default 1e-7 */
  readonly epsilon?: number;
  /** Subtract the squared running mean. @default false */
  readonly centered?: boolean;
}

/** Options of {@link optimizers.adam} and {@link optimizers.nadam}. */
export interface AdamOptions extends OptimizerOptions {
  /** Decay of the first moment. @default 0.9 */
  readonly beta1?: number;
  /** Decay of the second moment. @default 0.999 */
  readonly beta2?: number;
  /** Added to the denominator. @default 1e-7 */
  readonly epsilon?: number;
}

/** Options of {@link optimizers.adamw}. */
export interface AdamwOptions extends AdamOptions {
  /** Share of each weight taken off a step, times the learning rate. @default 0.004 */
  readonly weightDecay?: number;
}

const common = ['learningRate', 'clipvalue', 'clipnorm', 'globalClipnorm'] as const;

function build(where: string, rule: Rule, options: OptimizerOptions, rate: number): Optimizer {
  knownOptions(where, options, [...common, ...Object.keys(rule).filter((key) => key !== 'type')]);
  const clips = ['clipvalue', 'clipnorm', 'globalClipnorm'] as const;
  const clip: { clipvalue?: number; clipnorm?: number; globalClipnorm?: number } = {};
  for (const key of clips) {
    const limit = options[key] ?? undefined;
    if (limit !== undefined) clip[key] = positive(`${where}: ${key}`, limit);
  }
  if (Object.keys(clip).length > 1) {
    throw new SpecError(`${where}: expected only one of ${clips.join(', ')}`);
  }
  return {
    rule,
    learningRate: learningRate(`${where}: learningRate`, options.learningRate ?? rate),
    ...clip,
  };
}

const moments = (where: string, options: AdamOptions) => ({
  beta1: share(`${where}: beta1`, options?.beta1 ?? 0.9),
  beta2: share(`${where}: beta2`, options?.beta2 ?? 0.999),
  epsilon: positive(`${where}: epsilon`, options?.epsilon ?? 1e-7),
});

/** The optimizers, with Keras's update rules and defaults. */
export const optimizers = {
  /** Stochastic gradient descent. */
  sgd(options: SgdOptions = {}): Optimizer {
    const where = 'optimizers.sgd';
    const rule: Rule = {
      type: 'sgd',
      momentum: between(`${where}: momentum`, options?.momentum ?? 0, 0, 1),
      nesterov: flag(`${where}: nesterov`, options?.nesterov ?? false),
    };
    if (rule.nesterov) positive(`${where}: momentum, which nesterov needs`, rule.momentum);
    return build(where, rule, options, 0.01);
  },
  /** RMSprop. */
  rmsprop(options: RmspropOptions = {}): Optimizer {
    const where = 'optimizers.rmsprop';
    const rule: Rule = {
      type: 'rmsprop',
      rho: share(`${where}: rho`, options?.rho ?? 0.9),
      momentum: between(`${where}: momentum`, options?.momentum ?? 0, 0, 1),
      epsilon: positive(`${where}: epsilon`, options?.epsilon ?? 1e-7),
      centered: flag(`${where}: centered`, options?.centered ?? false),
    };
    return build(where, rule, options, 0.001);
  },
  /** Adam. */
  adam(options: AdamOptions = {}): Optimizer {
    return build(
      'optimizers.adam',
      { type: 'adam', ...moments('optimizers.adam', options) },
      options,
      0.001,
    );
  },
  /** Adam with decoupled weight decay. */
  adamw(options: AdamwOptions = {}): Optimizer {
    const where = 'optimizers.adamw';
    const rule: Rule = {
      type: 'adamw',
      ...moments(where, options),
      weightDecay: positive(`${where}: weightDecay`, options?.weightDecay ?? 0.004, true),
    };
    return build(where, rule, options, 0.001);
  },
  /** Adam with Nesterov momentum. */
  nadam(options: AdamOptions = {}): Optimizer {
    return build(
      'optimizers.nadam',
      { type: 'nadam', ...moments('optimizers.nadam', options) },
      options,
      0.001,
    );
  },
} as const;

const names = ['sgd', 'rmsprop', 'adam', 'adamw', 'nadam'] as const;

/** An optimizer, or the name of one with its defaults. */
export type OptimizerLike = Optimizer | (typeof names)[number];

/** Resolves a shortcut. */
export function optimizer(where: string, value: OptimizerLike): Optimizer {
  if (typeof value === 'object' && value !== null) {
    if (!names.includes(value.rule?.type)) {
      throw new SpecError(`${where}: expected one of optimizers.*, got ${show(value)}`);
    }
    // Made anew: somebody may have edited it.
    const { rule, ...options } = value;
    const { type, ...own } = rule;
    return optimizers[type]({ ...options, ...own });
  }
  return optimizers[oneOf(where, value, names)]();
}
