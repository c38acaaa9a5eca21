import { activation, type ActivationLayer } from './layers/activation.ts';
import { type DenseLayer, type DenseOutput, dense } from './layers/dense.ts';
import { type DropoutLayer, dropout } from './layers/dropout.ts';
import { type FlattenLayer, type FlattenOutput, flatten } from './layers/flatten.ts';
import {
  type GruLayer,
  gru,
  type LstmLayer,
  lstm,
  type RecurrentOutput,
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

/** Shape rules: what a layer `L` gives for one example of shape `S`, by the layer's type. */
export interface OutputShapes<L, S> {
  /** SimpleRNN. */
  readonly simpleRnn: RecurrentOutput<'simpleRNN', L, S>;
  /** LSTM. */
  readonly lstm: RecurrentOutput<'lstm', L, S>;
  /** GRU. */
  readonly gru: RecurrentOutput<'gru', L, S>;
  /** Dense. */
  readonly dense: DenseOutput<L, S>;
  /** Dropout. */
  readonly dropout: S;
  /** Flatten. */
  readonly flatten: FlattenOutput<S>;
  /** Activation. */
  readonly activation: S;
}

/** The layers, with Keras's options and defaults. */
export const layers = {
  /** Fully connected recurrent layer. */
  simpleRNN,
  /** Long short-term memory. */
  lstm,
  /** Gated recurrent unit. */
  gru,
  /** Fully connected layer, on vectors and at every time step. */
  dense,
  /** Applies a layer at every time step. */
  timeDistributed,
  /** Zeroes a share of the inputs while training. */
  dropout,
  /** Joins time and features into one axis. */
  flatten,
  /** An activation by itself. */
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
