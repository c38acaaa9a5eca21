import type { Series } from '../table/series.ts';
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
  /** Steps from a value back to its anchor; 1: the anchor of all steps ahead is the last known value. */
  lag: number;
  /** Whether a sequence model sees the target itself, beside its differences. */
  level: boolean;
  /** A model puts out (value − anchor) / outputScale. */
  outputScale: number;
}

/** The value that stands for step t + h before anything is learned: the last one, or one season earlier. */
export function anchor(target: Float64Array, t: number, h: number, lag: number): number {
  const value = target[t + h - lag * Math.ceil((h + 1) / lag)];
  return value === undefined || Number.isNaN(value) ? (target[t - 1] as number) : value;
}

/** Every value less the one `lag` steps earlier; NaN where there is none. */
export function differences(target: Float64Array, lag: number): Float64Array {
  return target.map((value, i) => (i < lag ? Number.NaN : value - (target[i - lag] as number)));
}

/** Channels and scales, measured on the training origins and the steps before `trainEnd` only. */
export function makeSampling(
  series: Series,
  cycles: Cycle[],
  shape: Pick<Sampling, 'window' | 'horizon' | 'lag' | 'level'>,
  trainEnd: number,
): Sampling {
  const channels = rawChannels(series, cycles).map((channel) => {
    return standardise(
      channel,
      channel.kind === 'calendar' ? UNSCALED : fitScaler(channel.values, trainEnd),
    );
  });
  const outputScale = anchorError(series.target, shape, trainEnd);
  return { ...shape, channels, target: series.target, outputScale };
}

/** The same with known scales: those of {@link inputScales}, in their order. */
export function restoreSampling(
  series: Series,
  cycles: Cycle[],
  shape: Omit<Sampling, 'channels' | 'target'>,
  scales: Scaler[],
): Sampling {
  // The first is that of the difference; without `level` the target's own is not among them, nor used.
  const known = shape.level ? scales.slice(1) : [UNSCALED, ...scales.slice(1)];
  const channels = rawChannels(series, cycles).map((channel, i) => {
    return standardise(channel, known[i] as Scaler);
  });
  return { ...shape, channels, target: series.target };
}

const UNSCALED: Scaler = { mean: 0, deviation: 1 };

type RawChannel = Pick<Channel, 'name' | 'kind' | 'values'>;

function rawChannels({ targetName, target, features, timeline }: Series, cycles: Cycle[]) {
  return [
    { name: targetName, kind: 'target', values: target },
    ...features.map(({ name, values }) => ({ name, kind: 'feature' as const, values })),
    ...calendarChannels(timeline, cycles).map(({ name, values }) => {
      return { name, kind: 'calendar' as const, values };
    }),
  ] satisfies RawChannel[];
}

function standardise({ name, kind, values }: RawChannel, { mean, deviation }: Scaler): Channel {
  return { name, kind, mean, deviation, values: values.map((v) => (v - mean) / deviation) };
}

/** Root mean square of (value − anchor) before step `end`. */
function anchorError(
  target: Float64Array,
  { horizon, lag }: Pick<Sampling, 'horizon' | 'lag'>,
  end: number,
): number {
  let sum = 0;
  let n = 0;
  for (let t = lag; t + horizon <= end; t++) {
    for (let h = 0; h < horizon; h++) {
      const error = (target[t + h] as number) - anchor(target, t, h, lag);
      if (Number.isNaN(error)) continue;
      sum += error * error;
      n++;
    }
  }
  return Math.sqrt(sum / n) || 1;
}

/** Name of the first input of a sequence model. */
export const DIFFERENCE = 'difference';

/** Names and scales of the inputs of a sequence model, in order. */
export function inputScales({
  channels,
  level,
  outputScale,
}: Sampling): (Scaler & { name: string })[] {
  const difference = { name: DIFFERENCE, mean: 0, deviation: outputScale };
  return [difference, ...modelChannels(channels, level)];
}

function modelChannels(channels: Channel[], level: boolean): Channel[] {
  return channels.filter(({ kind }) => level || kind !== 'target');
}

/**
 * Inputs of a sequence model, [origins, window, inputs] row-major: the target's difference to one season
 * earlier, or without a season to the last known value, scaled as the output is; then the channels.
 */
export function windowInputs(sampling: Sampling, origins: number[]): Float32Array {
  const { window, channels, level, target, outputScale, lag } = sampling;
  const seen = modelChannels(channels, level);
  const data = new Float32Array(origins.length * window * (seen.length + 1));
  let at = 0;
  for (const t of origins) {
    const last = target[t - 1] as number;
    for (let i = t - window; i < t; i++) {
      const before = lag === 1 ? last : (target[i - lag] as number);
      data[at++] = ((target[i] as number) - before) / outputScale;
      for (const { values } of seen) data[at++] = values[i] as number;
    }
  }
  return data;
}

/** Targets of a model, [origins, horizon] row-major: scaled differences from the anchors. */
export function windowTargets(
  { horizon, target, outputScale, lag }: Sampling,
  origins: number[],
): Float64Array {
  const data = new Float64Array(origins.length * horizon);
  origins.forEach((t, i) => {
    for (let h = 0; h < horizon; h++) {
      const difference = (target[t + h] as number) - anchor(target, t, h, lag);
      data[i * horizon + h] = difference / outputScale;
    }
  });
  return data;
}

/** A model's output, [origins, horizon], in the target's own unit. */
export function toForecasts(
  { horizon, target, outputScale, lag }: Sampling,
  origins: number[],
  output: ArrayLike<number>,
): Forecasts {
  const values = Float64Array.from({ length: origins.length * horizon }, (_, i) => {
    const t = origins[Math.floor(i / horizon)] as number;
    return anchor(target, t, i % horizon, lag) + (output[i] as number) * outputScale;
  });
  return { origins, horizon, values };
}
