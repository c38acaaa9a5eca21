import { layers, optimizers, sequential } from 'unrolled';
import { HORIZON } from './problem.ts';

/** The recurrent layers that the page offers. */
export const CELLS = ['simpleRNN', 'lstm', 'gru'] as const;
export type Cell = (typeof CELLS)[number];

/** A model of the page. */
export type Network = ReturnType<typeof network>;

/** Two recurrent layers of 20 units, and one output for each step of the forecast. */
export function network(cell: Cell, learningRate: number) {
  const recurrent = layers[cell];
  const model = sequential(
    [recurrent(20, { returnSequences: true }), recurrent(20), layers.dense(HORIZON)],
    { inputShape: [null, 1], seed: 42 },
  );
  return model.compile({ optimizer: optimizers.adam({ learningRate }), loss: 'mse' });
}
