import { activation, type ActivationLayer } from './layers/activation.ts';
import { type DenseLayer, dense } from './layers/dense.ts';
import { type DropoutLayer, dropout } from './layers/dropout.ts';
import { type FlattenLayer, flatten } from './layers/flatten.ts';
import {
  type GruLayer,
  gru,
  type LstmLayer,
  lstm,
  type SimpleRnnLayer,
  simpleRNN,
} from './layers/recurrent.ts';
import { timeDistributed } from './layers/timeDistributed.ts';

/** A layer as plain, cloneable data, with every default filled in. */
export type Layer =
  | SimpleRnnLayer
  | LstmLayer
  | GruLayer
  | DenseLayer
  | DropoutLayer
  | FlattenLayer
  | ActivationLayer;

/** The layers, with Keras's options and defaults. */
export const layers = {
  simpleRNN,
  lstm,
  gru,
  dense,
  timeDistributed,
  dropout,
  flatten,
  activation,
} as const;

/** Makes a layer anew from its data: somebody may have edited it, or it is a loaded model's. */
export function remadeLayer({ type, ...data }: Layer): Layer {
  const { returnState, ...given }: Readonly<Record<string, unknown>> = data;
  // The engine names an option that there is no way to set here.
  const rest = returnState === undefined || returnState === false ? given : data;
  if (type === 'flatten') return flatten(rest);
  const first = { dropout: 'rate', activation: 'activation' }[type as string] ?? 'units';
  const { [first]: argument, ...options }: Readonly<Record<string, unknown>> = rest;
  const build = layers[type === 'simpleRnn' ? 'simpleRNN' : type];
  return (build as (argument: unknown, options: object) => Layer)(argument, options);
}
