/** Errors over windows, in the target's unit; `mase` has none. */
export interface Scores {
  /** Mean absolute error. */
  mae: number;
  /** Root of the mean squared error. */
  rmse: number;
  /** `mae` divided by the mean absolute error of the seasonal-naive rule inside the training part. */
  mase: number;
}

/** Forecasts of windows, [origin][horizon] in one array. */
export interface Forecasts {
  /** First step of every forecast. */
  origins: number[];
  /** Steps of each. */
  horizon: number;
  /** In the target's unit. */
  values: Float64Array;
}

/** Actual values under every forecast. */
export function actuals(
  target: Float64Array,
  { origins, horizon }: Omit<Forecasts, 'values'>,
): Float64Array {
  const out = new Float64Array(origins.length * horizon);
  origins.forEach((t, i) => {
    out.set(target.subarray(t, t + horizon), i * horizon);
  });
  return out;
}

export function score(target: Float64Array, forecasts: Forecasts, scale: number): Scores {
  const truth = actuals(target, forecasts);
  let absolute = 0;
  let squared = 0;
  for (let i = 0; i < truth.length; i++) {
    const error = (forecasts.values[i] as number) - (truth[i] as number);
    absolute += Math.abs(error);
    squared += error * error;
  }
  const mae = absolute / truth.length;
  return { mae, rmse: Math.sqrt(squared / truth.length), mase: mae / scale };
}

/** Mean absolute difference to the value `lag` steps earlier, before step `end`: the scale of MASE. */
export function naiveScale(target: Float64Array, lag: number, end: number): number {
  let sum = 0;
  let n = 0;
  for (let i = lag; i < end; i++) {
    const difference = Math.abs((target[i] as number) - (target[i - lag] as number));
    if (Number.isNaN(difference)) continue;
    sum += difference;
    n++;
  }
  return sum / n;
}
