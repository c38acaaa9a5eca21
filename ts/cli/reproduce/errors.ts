import type { Part } from '../../datasets/index.ts';
import { type Tensor, tensor } from '../../index.ts';

/** Mean squared error of repeating the last input value. x: [series, steps, 1], y: [series, ahead]. */
export function naiveError({ x, y }: Part<2>): number {
  const [series, steps] = x.shape;
  const ahead = y.shape[1];
  let sum = 0;
  for (let s = 0; s < series; s++) {
    const last = x.data[s * steps + steps - 1] as number;
    for (let h = 0; h < ahead; h++) sum += (last - (y.data[s * ahead + h] as number)) ** 2;
  }
  return sum / (series * ahead);
}

/**
 * Mean squared error of a one-step model over several steps: each forecast is put behind the series and
 * the longer series is forecast again, as the notebook does.
 */
export async function ownForecastError(
  { x, y }: Part<2>,
  predict: (x: Tensor<3>) => Promise<Float32Array>,
): Promise<number> {
  const [series, steps] = x.shape;
  const ahead = y.shape[1];
  let known = x.data;
  let sum = 0;
  for (let h = 0; h < ahead; h++) {
    const length = steps + h;
    const next = await predict(tensor(known, [series, length, 1]));
    const longer = new Float32Array(series * (length + 1));
    for (let s = 0; s < series; s++) {
      longer.set(known.subarray(s * length, (s + 1) * length), s * (length + 1));
      longer[s * (length + 1) + length] = next[s] as number;
      sum += ((next[s] as number) - (y.data[s * ahead + h] as number)) ** 2;
    }
    known = longer;
  }
  return sum / (series * ahead);
}
