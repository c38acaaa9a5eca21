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
