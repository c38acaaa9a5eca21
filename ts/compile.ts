import { fail, knownOptions, show } from './check.ts';
import { SpecError } from './errors.ts';
import { type LossLike, loss } from './losses.ts';
import { type MetricLike, metric } from './metrics.ts';
import { type OptimizerLike, optimizer } from './optimizers.ts';
import type { CompileSpec } from './spec.ts';

/** Options of `compile`. */
export interface CompileOptions {
  /** What is minimised: a name, or one of losses.*. */
  readonly loss: LossLike;
  /** By what rule: a name, or one of optimizers.*. @default 'rmsprop', as in Keras */
  readonly optimizer?: OptimizerLike;
  /** What is reported besides: names, or metrics.*. @default none */
  readonly metrics?: readonly MetricLike[];
}

/** Checks options of `compile`. */
export function compileSpec(options: CompileOptions): CompileSpec {
  knownOptions('compile', options, ['loss', 'optimizer', 'metrics']);
  const list = options.metrics ?? [];
  if (!Array.isArray(list)) fail('compile: metrics', 'a list', list);
  const metrics = Array.from(list, (item: MetricLike, i) => metric(`compile: metrics[${i}]`, item));
  metrics.forEach(({ type }, i) => {
    if (metrics.findIndex((other) => other.type === type) !== i) {
      throw new SpecError(
        `compile: metrics[${i}]: expected each metric once, got ${show(type)} again`,
      );
    }
  });
  return {
    loss: loss('compile: loss', options.loss),
    optimizer: optimizer('compile: optimizer', options.optimizer ?? 'rmsprop'),
    metrics,
  };
}
