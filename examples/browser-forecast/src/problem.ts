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
  train: Part;
  validation: Part;
  /** The inputs of the series that the page shows, [SHOWN, WINDOW, 1]. */
  shown: Part['x'];
  examples: Example[];
  /** Validation loss of repeating the last value: what a network has to beat. */
  naive: number;
}

/** Ten thousand generated series: 7000 to learn from, 2000 to check with, and four to look at. */
export function problem(): Problem {
  const { train, validation, test } = stepsAhead(
    generateWaves({ steps: WINDOW + HORIZON }),
    HORIZON,
  );
  const shown = { data: test.x.data.slice(0, SHOWN * WINDOW), shape: [SHOWN, WINDOW, 1] };
  const examples = Array.from({ length: SHOWN }, (_, index) => ({
    past: row(test.x.data, WINDOW, index),
    future: row(test.y.data, HORIZON, index),
  }));
  return { train, validation, shown, examples, naive: naiveLoss(validation) };
}

/** Row `index` of a matrix with rows of `width`. */
export function row(data: Float32Array, width: number, index: number): Float32Array {
  return data.subarray(index * width, (index + 1) * width);
}

/** Mean squared error of forecasting the last value again and again. */
function naiveLoss({ x, y }: Part): number {
  let sum = 0;
  y.data.forEach((value, index) => {
    const last = row(x.data, WINDOW, Math.floor(index / HORIZON))[WINDOW - 1] ?? Number.NaN;
    sum += (value - last) ** 2;
  });
  return sum / y.data.length;
}
