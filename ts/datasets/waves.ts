import { knownOptions, wholeNumber } from '../check.ts';
import { legacyRandom } from './mt19937.ts';

/** Generated series, row by row in one array. */
export interface Waves {
  /** [series, steps], row-major */
  values: Float32Array;
  /** How many series. */
  series: number;
  /** Values in a series. */
  steps: number;
}

/** Options of {@link generateWaves}. */
export interface WavesOptions {
  /** How many series. @default 10000 */
  series?: number;
  /** Values in a series. @default 50 */
  steps?: number;
  /** Seed of NumPy's legacy generator. @default 42 */
  seed?: number;
}

/**
 * The series of "Hands-On Machine Learning" (chapter 15, `generate_time_series`): two sine waves of
 * random frequency and phase and a little noise, drawn in the same order as NumPy draws them, so that
 * seed 42 gives the series of the published notebook.
 *
 * value(t) = 0.5·sin((t − o1)(10·f1 + 10)) + 0.2·sin((t − o2)(20·f2 + 20)) + 0.1·(u − 0.5), t from 0 to 1.
 *
 * @throws SpecError if an option is no whole number, or `series` or `steps` is not above 0
 */
export function generateWaves(options: WavesOptions = {}): Waves {
  knownOptions('generateWaves', options, ['series', 'steps', 'seed']);
  const { series = 10000, steps = 50, seed = 42 } = options;
  wholeNumber('generateWaves: series', series);
  wholeNumber('generateWaves: steps', steps);
  const random = legacyRandom(seed);
  const draw = () => Float64Array.from({ length: series }, () => random.next());
  const frequency1 = draw();
  const frequency2 = draw();
  const offset1 = draw();
  const offset2 = draw();
  const time = linspace(steps);
  const values = new Float32Array(series * steps);
  for (let s = 0; s < series; s++) {
    const speed1 = (frequency1[s] as number) * 10 + 10;
    const speed2 = (frequency2[s] as number) * 20 + 20;
    for (let i = 0; i < steps; i++) {
      const t = time[i] as number;
      let value = 0.5 * Math.sin((t - (offset1[s] as number)) * speed1);
      value += 0.2 * Math.sin((t - (offset2[s] as number)) * speed2);
      value += 0.1 * (random.next() - 0.5);
      values[s * steps + i] = value;
    }
  }
  return { values, series, steps };
}

/** `np.linspace(0, 1, steps)` to the bit. */
function linspace(steps: number): Float64Array {
  const step = 1 / (steps - 1);
  const time = Float64Array.from({ length: steps }, (_, i) => i * step);
  if (steps > 1) time[steps - 1] = 1;
  else time[0] = 0;
  return time;
}
