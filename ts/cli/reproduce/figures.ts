/** A published figure and the band in which ours should fall. */
export interface Figure {
  name: string;
  /** What the figure is. */
  title: string;
  /** As printed in the notebook; the naive scores as single-precision numbers. */
  reference: number;
  low: number;
  high: number;
}

/**
 * Validation errors printed in the notebook "Processing sequences using RNNs and CNNs" of "Hands-On Machine
 * Learning", 2nd edition, by TensorFlow 2.0–2.4, with the spread over its published versions, and what
 * Keras 3 on JAX reaches with three seeds. A band is the spread widened by 10 %, or Keras 3's range
 * where that reaches further.
 */
export const FIGURES = {
  oneNaive: exact('one-step-naive', 'the last value', 0.020211367),
  oneLinear: banded(
    'one-step-linear',
    'Flatten, Dense(1)',
    0.00417,
    [0.00415, 0.00417],
    [0.0038, 0.0044],
  ),
  oneSimple: banded(
    'one-step-simple-rnn',
    'SimpleRNN(1), Adam 5e-3',
    0.01088,
    [0.01085, 0.01089],
    [0.0109, 0.0109],
  ),
  oneDeep: banded(
    'one-step-deep-rnn',
    'SimpleRNN 20→20→1',
    0.00291,
    [0.00289, 0.00293],
    [0.0026, 0.0035],
  ),
  oneDense: banded(
    'one-step-deep-rnn-dense',
    'SimpleRNN 20→20, Dense(1)',
    0.00262,
    [0.00258, 0.00268],
    [0.0025, 0.0028],
  ),
  tenOwn: banded(
    'ten-steps-own-forecasts',
    'the same, fed its own forecasts',
    0.02751,
    [0.0273, 0.0285],
  ),
  tenNaive: exact('ten-steps-naive', 'the last value, repeated', 0.25697407),
  tenLinear: banded(
    'ten-steps-linear',
    'Flatten, Dense(10)',
    0.0187,
    [0.0187, 0.0188],
    [0.0189, 0.019],
  ),
  tenDeep: banded(
    'ten-steps-deep-rnn',
    'SimpleRNN 20→20, Dense(10)',
    0.0085,
    [0.0081, 0.0085],
    [0.0076, 0.0089],
  ),
  sequenceSimple: banded(
    'sequence-simple-rnn',
    'SimpleRNN 20→20, every step, Adam 1e-2',
    0.0096,
    [0.0064, 0.0096],
    [0.0056, 0.0067],
  ),
  sequenceLstm: banded(
    'sequence-lstm',
    'LSTM 20→20, every step',
    0.0086,
    [0.0085, 0.0086],
    [0.0082, 0.0086],
  ),
  sequenceGru: banded(
    'sequence-gru',
    'GRU 20→20, every step',
    0.0103,
    [0.0103, 0.0111],
    [0.0063, 0.0103],
  ),
} satisfies Record<string, Figure>;

/** The two naive scores depend on the series alone. */
function exact(name: string, title: string, reference: number): Figure {
  return { name, title, reference, low: reference - 1e-7, high: reference + 1e-7 };
}

function banded(
  name: string,
  title: string,
  reference: number,
  [least, most]: [number, number],
  [kerasLeast, kerasMost]: [number, number] = [least, most],
): Figure {
  return {
    name,
    title,
    reference,
    low: Math.min(least * 0.9, kerasLeast),
    high: Math.max(most * 1.1, kerasMost),
  };
}
