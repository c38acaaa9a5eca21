/** Standardisation of one channel. */
export interface Scaler {
  mean: number;
  /** Standard deviation; 1 for a constant channel. */
  deviation: number;
}

/** Mean and deviation of the known values before step `end`. */
export function fitScaler(values: Float64Array, end: number): Scaler {
  const known = values.subarray(0, end).filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length);
  const square =
    known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, known.length);
  const deviation = Math.sqrt(square);
  return { mean, deviation: deviation > 1e-12 * Math.max(1, Math.abs(mean)) ? deviation : 1 };
}
