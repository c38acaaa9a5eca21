import type { Series } from '../data/series.ts';
import { type Cycle, calendarChannels } from './calendar.ts';
import type { Forecasts } from './metrics.ts';
import { fitScaler, type Scaler } from './scale.ts';

/** One input of the model, standardised. */
export interface Channel extends Scaler {
  name: string;
  kind: 'target' | 'feature' | 'calendar';
  /** (value − mean) / deviation at every step. */
  values: Float64Array;
}

/** How windows become numbers for a model, and a model's numbers become forecasts. */
export interface Sampling {
  window: number;
  horizon: number;
  channels: Channel[];
  /** Values of the target in its own unit. */
  target: Float64Array;
  /** A model puts out (value − last known value) / outputScale. */
  outputScale: number;
}

/** Channels and scales, measured on the training origins and the steps before `trainEnd` only. */
export function makeSampling(
  series: Series,
  cycles: Cycle[],
  size: { window: number; horizon: number },
  trainEnd: number,
): Sampling {
  const scaled = (name: string, kind: Channel['kind'], values: Float64Array): Channel => {
    const { mean, deviation } = fitScaler(values, trainEnd);
    return {
      name,
      kind,
      mean,
      deviation,
      values: values.map((value) => (value - mean) / deviation),
    };
  };
  const channels = [
    scaled(series.targetName, 'target', series.target),
    ...series.features.map(({ name, values }) => scaled(name, 'feature', values)),
    ...calendarChannels(series.timeline, cycles).map(({ name, values }): Channel => {
      return { name, kind: 'calendar', mean: 0, deviation: 1, values };
    }),
  ];
  return {
    ...size,
    channels,
    target: series.target,
    outputScale: changeScale(series.target, size.horizon, trainEnd),
  };
}

/** Root mean square of the changes over 1 to `horizon` steps before step `end`. */
function changeScale(target: Float64Array, horizon: number, end: number): number {
  let sum = 0;
  let n = 0;
  for (let h = 1; h <= horizon; h++) {
    for (let i = h; i < end; i++) {
      const change = (target[i] as number) - (target[i - h] as number);
      if (Number.isNaN(change)) continue;
      sum += change * change;
      n++;
    }
  }
  return Math.sqrt(sum / n) || 1;
}

/** Inputs of a sequence model at one step: the channels and one more, see {@link windowInputs}. */
export function inputSize({ channels }: Sampling): number {
  return channels.length + 1;
}

/**
 * Inputs of a sequence model, [origins, window, inputs] row-major: every channel, and the target once more
 * as scaled difference from the last known value, which is the form of the output.
 */
export function windowInputs(sampling: Sampling, origins: number[]): Float32Array {
  const { window, channels, target, outputScale } = sampling;
  const data = new Float32Array(origins.length * window * inputSize(sampling));
  let at = 0;
  for (const t of origins) {
    const last = target[t - 1] as number;
    for (let i = t - window; i < t; i++) {
      data[at++] = ((target[i] as number) - last) / outputScale;
      for (const { values } of channels) data[at++] = values[i] as number;
    }
  }
  return data;
}

/** Targets of a model, [origins, horizon] row-major: scaled changes from the last known value. */
export function windowTargets(
  { horizon, target, outputScale }: Sampling,
  origins: number[],
): Float64Array {
  const data = new Float64Array(origins.length * horizon);
  origins.forEach((t, i) => {
    for (let h = 0; h < horizon; h++) {
      data[i * horizon + h] = ((target[t + h] as number) - (target[t - 1] as number)) / outputScale;
    }
  });
  return data;
}

/** A model's output, [origins, horizon], in the target's own unit. */
export function toForecasts(
  { horizon, target, outputScale }: Sampling,
  origins: number[],
  output: ArrayLike<number>,
): Forecasts {
  const values = Float64Array.from({ length: origins.length * horizon }, (_, i) => {
    const last = target[(origins[Math.floor(i / horizon)] as number) - 1] as number;
    return last + (output[i] as number) * outputScale;
  });
  return { origins, horizon, values };
}
