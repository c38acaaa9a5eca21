import { oneOf } from './check.ts';

/** Names of the activations as the core knows them. */
const names = [
  'linear',
  'tanh',
  'sigmoid',
  'relu',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'softplus',
  'softsign',
  'silu',
  'hardSigmoid',
  'exponential',
  'softmax',
] as const;

/** An activation as the core knows it. */
export type ActivationName = (typeof names)[number];

/**
 * An activation, with Keras's constants: `leakyRelu` has slope 0.2 below zero, `gelu` uses the error
 * function, `hardSigmoid` is `clamp(x/6 + 1/2, 0, 1)`, `softmax` runs over the features; `swish` is
 * another name of `silu`.
 */
export type Activation = ActivationName | 'swish';

/** Checks an activation's name and resolves its alias. */
export function activationName(where: string, value: unknown): ActivationName {
  return value === 'swish' ? 'silu' : oneOf(where, value, names);
}
