import { type Tensor, tensor } from 'unrolled';
import { generateWaves, type Part, stepsAhead } from 'unrolled/datasets';

/** Steps that the network reads. */
export const WINDOW = 50;

/** Steps that it forecasts. */
export const HORIZON = 10;

/** How many series the page shows. */
const SHOWN = 4;

/** A series in two parts: what the network reads, and what came after. */
export interface Example {
  past: Float32Array;
  future: Float32Array;
}

/** What the page trains on, what it checks with, and what it shows. */
export interface Problem {
  train: Part<2>;
  validation: Part<2>;
  /** The inputs of the series that the page shows, [SHOWN, WINDOW, 1]. */
  shown: Tensor<3>;
  examples: Example[];
  /** Validation loss of repeating the last value: what a network has to beat. */
  naive: number;
}

/** Ten thousand generated series: 7000 to learn from, 2000 to check with, and four to look at. */
export function problem(): Problem {
  const waves = generateWaves({ steps: WINDOW + HORIZON });
  const { train, validation, test } = stepsAhead(waves, HORIZON);
  return {
    train,
    validation,
    shown: tensor(test.x.data.slice(0, SHOWN * WINDOW), [SHOWN, WINDOW, 1]),
    examples: Array.from({ length: SHOWN }, (_, index) => ({
      past: row(test.x.data, WINDOW, index),
      future: row(test.y.data, HORIZON, index),
    })),
    naive: naiveLoss(validation),
  };
}

/** Row `index` of a matrix with rows of `width`. */
export function row(values: Float32Array, width: number, index: number): Float32Array {
  return values.subarray(index * width, (index + 1) * width);
}

/** Mean squared error of forecasting the last value again and again. */
function naiveLoss({ x, y }: Part<2>): number {
  let sum = 0;
  y.data.forEach((value, index) => {
    const last = row(x.data, WINDOW, Math.floor(index / HORIZON))[WINDOW - 1] ?? Number.NaN;
    sum += (value - last) ** 2;
  });
  return sum / y.data.length;
}
