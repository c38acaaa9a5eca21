import { actuals, type Forecasts } from './metrics.ts';

/** What to add to a forecast for each step of the horizon to get the ends of the interval. */
export interface Interval {
  /** Share of actual values meant to fall inside, 0 to 1. */
  level: number;
  /** For the lower end, 0 or below. */
  low: number[];
  /** For the upper end, 0 or above. */
  high: number[];
}

/**
 * Learns the interval from forecasts of data the model was not fitted to: for each step of the horizon the
 * quantiles of (actual − forecast), taken one rank outwards as split conformal prediction does.
 */
export function learnInterval(target: Float64Array, forecasts: Forecasts, level: number): Interval {
  const truth = actuals(target, forecasts);
  const { horizon, origins, values } = forecasts;
  const low: number[] = [];
  const high: number[] = [];
  for (let h = 0; h < horizon; h++) {
    const residuals = Float64Array.from(origins, (_, i) => {
      return (truth[i * horizon + h] as number) - (values[i * horizon + h] as number);
    }).sort();
    // The small addend undoes the rounding of 1 − level.
    const rank = Math.max(1, Math.floor(((1 - level) / 2) * (residuals.length + 1) + 1e-9));
    low.push(Math.min(0, residuals[rank - 1] as number));
    high.push(Math.max(0, residuals[residuals.length - rank] as number));
  }
  return { level, low, high };
}

/** Share of the actual values inside the interval. */
export function coverage(
  target: Float64Array,
  forecasts: Forecasts,
  { low, high }: Interval,
): number {
  const truth = actuals(target, forecasts);
  const { horizon, values } = forecasts;
  let inside = 0;
  for (let i = 0; i < truth.length; i++) {
    const residual = (truth[i] as number) - (values[i] as number);
    const h = i % horizon;
    if (residual >= (low[h] as number) && residual <= (high[h] as number)) inside++;
  }
  return inside / truth.length;
}
