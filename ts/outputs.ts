import type { ActivationName } from './activations.ts';
import { show } from './check.ts';
import { SpecError } from './errors.ts';
import type { Loss } from './losses.ts';
import type { Metric } from './metrics.ts';
import type { CompileSpec, ModelSpec } from './spec.ts';

/** Activations that give numbers from 0 to 1. */
const probabilities: readonly ActivationName[] = ['sigmoid', 'hardSigmoid', 'softmax'];
/** Cross-entropy over classes divides by the sum over the classes, as Keras's does. */
const weights: readonly ActivationName[] = [...probabilities, 'softplus', 'exponential'];

type Crossentropy = Extract<Loss, { readonly fromLogits: boolean }>;

/**
 * Checks that cross-entropies, as loss or metric, can measure what the last layer gives.
 * @param units - size of the output's last axis
 * @throws SpecError where they cannot
 */
export function checkOutputs(model: ModelSpec, units: number, compile: CompileSpec): void {
  const measures: readonly (Loss | Metric)[] = [compile.loss, ...compile.metrics];
  measures.forEach((measure, i) => {
    if (!('fromLogits' in measure)) return;
    const where = i === 0 ? 'compile: loss' : `compile: metrics[${i - 1}]`;
    checkUnits(where, measure, units);
    checkActivation(where, measure, model);
  });
}

function checkUnits(where: string, { type }: Crossentropy, units: number): void {
  if (units > 1 || type === 'binaryCrossentropy') return;
  throw new SpecError(
    `${where}: ${type}: expected an output for each class, got 1; two classes and one output take 'binaryCrossentropy' and activation: 'sigmoid'`,
  );
}

function checkActivation(where: string, { type, fromLogits }: Crossentropy, model: ModelSpec) {
  const last = lastActivation(model);
  if (last === undefined) return;
  const [name, activation] = last;
  const got = `got activation ${show(activation)} of ${show(name)}`;
  if (fromLogits && probabilities.includes(activation)) {
    throw new SpecError(
      `${where}: ${type}: expected logits, ${got}: leave out fromLogits, or the activation`,
    );
  }
  const binary = type === 'binaryCrossentropy';
  if (!fromLogits && !(binary ? probabilities : weights).includes(activation)) {
    throw new SpecError(
      `${where}: ${type}: expected probabilities, ${got}: give it '${binary ? 'sigmoid' : 'softmax'}', or take losses.${type}({ fromLogits: true })`,
    );
  }
}

/** The last layer that bounds the outputs, and its activation; none where only others follow the input. */
function lastActivation({ nodes }: ModelSpec): [name: string, ActivationName] | undefined {
  for (const { name, layer } of [...nodes].reverse()) {
    if (layer.type === 'activation' && layer.activation === 'linear') continue;
    if ('activation' in layer) return [name, layer.activation];
  }
  return undefined;
}
