export { legacyRandom, type RandomStream } from './mt19937.ts';
export { generateWaves, type Waves, type WavesOptions } from './waves.ts';
export {
  oneStepAhead,
  type Part,
  type SplitSeries,
  sequenceToSequence,
  stepsAhead,
} from './windows.ts';
