import type { Forecasts } from '../../forecast/index.ts';

/** Mean absolute error for each step of the horizon. */
export function maeByStep(target: Float64Array, { horizon, origins, values }: Forecasts): number[] {
  return Array.from({ length: horizon }, (_, h) => {
    let sum = 0;
    origins.forEach((t, i) => {
      sum += Math.abs((values[i * horizon + h] as number) - (target[t + h] as number));
    });
    return sum / origins.length;
  });
}
