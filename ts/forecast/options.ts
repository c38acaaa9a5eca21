import { callable, fail, knownOptions, oneOf, positive, share, wholeNumber } from '../check.ts';
import type { AbortSignalLike } from '../platform.ts';
import type { Step } from '../table/step.ts';

/** Kinds of model: LSTM, GRU and SimpleRNN with a dense layer, or a dense layer alone. */
export const MODEL_KINDS = ['lstm', 'gru', 'rnn', 'linear'] as const;
/** Longest window, in steps. */
export const MOST_WINDOW = 5000;
/** Longest horizon, in steps. */
export const MOST_HORIZON = 1000;

/** One of {@link MODEL_KINDS}. */
export type ModelKind = (typeof MODEL_KINDS)[number];

/** How messages name an option. */
export type OptionName = (option: string) => string;

/** As code stands in texts. */
export const inBackticks: OptionName = (option) => `\`${option}\``;

/** Options of {@link forecast}. */
export interface ForecastOptions {
  /** Steps to forecast, up to 1000. @default 7 */
  readonly horizon?: number;
  /** Steps of input, up to 5000. @default by the step of the series, less for a short one */
  readonly window?: number;
  /** Kind of model. @default 'lstm' */
  readonly model?: ModelKind;
  /** Units of the recurrent layer. @default 64 */
  readonly units?: number;
  /** Share of the recurrent layer's state left out in training, 0 to below 1. @default 0 */
  readonly recurrentDropout?: number;
  /** Most epochs; training stops early. @default 200 */
  readonly epochs?: number;
  /** Learning rate of Adam. @default 0.001 */
  readonly learningRate?: number;
  /** Seed of initialisation, shuffling and dropout. @default 42 */
  readonly seed?: number;
  /** Share of actual values the interval should hold, between 0 and 1. @default 0.8 */
  readonly level?: number;
  /** Called after every epoch, counted from 0, with its losses. */
  readonly onEpoch?: (epoch: number, loss: number, valLoss: number) => void;
  /** Ends the work: it rejects with an AbortError. */
  readonly signal?: AbortSignalLike;
  /** How messages name an option, for a program that gives its options other names. @default in backticks */
  readonly optionName?: OptionName;
}

/** What a forecast was made with. */
export interface Settings {
  /** Steps to forecast. */
  readonly horizon: number;
  /** Steps of input, where they were asked for. */
  readonly window?: number;
  /** Kind of model. */
  readonly model: ModelKind;
  /** Units of the recurrent layer. */
  readonly units: number;
  /** Share of the recurrent layer's state left out in training. */
  readonly recurrentDropout: number;
  /** Most epochs. */
  readonly epochs: number;
  /** Learning rate of Adam. */
  readonly learningRate: number;
  /** Seed of initialisation, shuffling and dropout. */
  readonly seed: number;
  /** Share of actual values the interval should hold. */
  readonly level: number;
}

/**
 * Defaults of {@link ForecastOptions}. Units, dropout and learning rate are chosen on the validation part of the shipped series, never on the held-out part: the mean of `--json`'s
 * `validation.mae` over the seeds 42, 1, 2, 3, 4 for the LSTM, units 16, 32, 64 with windows of 14 to 112 days,
 * recurrent dropout 0, 0.1, 0.2 and learning rates 0.001, 0.002, 0.005. Taken is the simplest setting within
 * one standard error of the best. Dropout never helped beyond that; a window of 56 and 64 units did
 * (2.609 ± 0.006 °C; 28 and 32: 2.656 ± 0.008), also for temp_min and wind. More units were not tried: a long
 * series should not take minutes.
 */
export const DEFAULTS = {
  /** Steps to forecast. */
  horizon: 7,
  /** Kind of model. */
  model: 'lstm',
  /** Units of the recurrent layer. */
  units: 64,
  /** Share of the recurrent layer's state left out in training. */
  recurrentDropout: 0,
  /** Of Adam, its own default. */
  learningRate: 0.001,
  /** A bound: training stops after some epochs without a better validation loss. */
  epochs: 200,
  /** Of initialisation, shuffling and dropout. */
  seed: 42,
  /** Share of actual values the interval should hold. */
  level: 0.8,
} as const;

const KNOWN = [...Object.keys(DEFAULTS), 'window', 'onEpoch', 'signal', 'optionName'];

/**
 * Options with their defaults.
 *
 * @throws {SpecError} that names the option that cannot be used
 */
export function settingsOf(options: ForecastOptions): Settings {
  knownOptions('forecast', options, KNOWN);
  const at = (option: string) => `forecast: ${option}`;
  callable(at('onEpoch'), options.onEpoch);
  callable(at('optionName'), options.optionName);
  const given = { ...DEFAULTS, ...defined(options) };
  const { horizon, model, units, recurrentDropout, epochs, learningRate, seed, level } = given;
  const { window } = options;
  return {
    horizon: wholeNumber(at('horizon'), horizon, 1, MOST_HORIZON),
    ...(window !== undefined && { window: wholeNumber(at('window'), window, 1, MOST_WINDOW) }),
    model: oneOf(at('model'), model, MODEL_KINDS),
    units: wholeNumber(at('units'), units),
    recurrentDropout: share(at('recurrentDropout'), recurrentDropout),
    epochs: wholeNumber(at('epochs'), epochs),
    learningRate: positive(at('learningRate'), learningRate),
    seed: wholeNumber(at('seed'), seed, 0, 2 ** 32 - 1),
    level:
      typeof level === 'number' && level > 0 && level < 1
        ? level
        : fail(at('level'), 'a number between 0 and 1', level),
  };
}

/** Options that are undefined stand for their defaults. */
const defined = (options: ForecastOptions): ForecastOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));

/** The window of days is chosen as {@link DEFAULTS} are; the others are about two natural cycles. */
const WINDOWS: Record<string, number> = {
  second: 60,
  minute: 60,
  hour: 48,
  day: 56,
  'working day': 20,
  week: 26,
  month: 24,
  quarter: 12,
  year: 10,
};

/** Steps of input when none are asked for: at least twice the horizon, at most a sixth of the series. */
export function defaultWindow(step: Step, length: number, horizon: number): number {
  const usual = Math.max(WINDOWS[step.name] ?? WINDOWS[step.unit] ?? 30, horizon);
  return Math.max(3, Math.min(usual, Math.floor(length / 6)));
}
