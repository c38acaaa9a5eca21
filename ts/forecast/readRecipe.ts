import type { Model } from '../index.ts';
import { channelNames, type FeatureShape, MAX_CATEGORIES } from '../table/cells.ts';
import { makeStep, type Step, UNITS } from '../table/step.ts';
import { fail } from '../check.ts';
import {
  flag,
  list,
  type Misfit,
  object,
  or,
  type Reader,
  readAs,
  refuse,
  that,
  whole,
} from '../fields.ts';
import { ForecastError } from './errors.ts';
import { type Cycle, channelsOf, possibleCycles, possibleSeasons } from './calendar.ts';
import { MODEL_KINDS, type ModelKind, MOST_HORIZON, MOST_WINDOW } from './options.ts';
import { type Recipe, VERSION } from './recipe.ts';
import { DIFFERENCE } from './samples.ts';

const finite = that<number>('a number', Number.isFinite);
const positive = that<number>('a number above 0', (v) => Number.isFinite(v) && Number(v) > 0);
/** Above 0 and below 1. */
const share = that<number>(
  'a number between 0 and 1',
  (v) => typeof v === 'number' && v > 0 && v < 1,
);

/** A text of this form. */
const match = (form: RegExp, expected: string): Reader<string> =>
  that(expected, (v) => typeof v === 'string' && form.test(v));

const oneOf = <const T extends string | number>(values: readonly T[]): Reader<T> =>
  that(values.map((value) => JSON.stringify(value)).join(' or '), (v) =>
    values.some((value) => value === v),
  );

const distinct =
  <T>(read: Reader<T[]>): Reader<T[]> =>
  (value, at) => {
    const values = read(value, at);
    return new Set(values).size < values.length ? refuse(at, 'different values', value) : values;
  };

const categories: Reader<string[]> = (value, at) =>
  Array.isArray(value) && value.length > MAX_CATEGORIES
    ? refuse(at, `at most ${MAX_CATEGORIES} values`, value.length)
    : distinct(list(text))(value, at);

const text = match(/[^]/, 'a text');
const date = match(/^[\dT:+-]{4,19}$/, 'a date');

/** What each field is, by itself. */
const readFields: Reader<Recipe> = object<Recipe>({
  task: oneOf(['forecast']),
  version: oneOf<typeof VERSION>([VERSION]),
  kind: oneOf(MODEL_KINDS),
  target: text,
  date: text,
  features: list(
    object<FeatureShape>({
      name: text,
      categories: or(categories, undefined),
    }),
  ),
  step: object<Step>({ unit: oneOf(UNITS), every: whole(1, 1e9), name: text, length: positive }),
  window: whole(1, MOST_WINDOW),
  horizon: whole(1, MOST_HORIZON),
  cycles: distinct(list(oneOf<Cycle>(['day', 'week', 'year']))),
  inputs: list(text),
  meaning: object({ difference: text, output: text }),
  outputScale: positive,
  lag: whole(1, 1e9),
  level: flag,
  scaler: object({ type: oneOf(['standard']), offset: list(finite), scale: list(positive) }),
  interval: object({ level: share, low: list(finite), high: list(finite) }),
  trainedOn: object({ from: date, to: date }),
});

/** The first layer of a kind of model. */
const FIRST_LAYER: Record<ModelKind, string> = {
  lstm: 'lstm',
  gru: 'gru',
  rnn: 'simpleRNN',
  linear: 'flatten',
};

/**
 * Reads the recipe of a model that {@link forecast} trained, now or in a file, as input from others: every
 * field, whether fields fit each other, and whether they fit the model.
 *
 * @param name - of the model in messages, such as that of its file
 * @throws {ForecastError} that names model and field; or if the model is none of `unrolled forecast`, or
 * of another version of it
 */
export function readRecipe(model: Pick<Model, 'metadata' | 'spec'>, name = 'the model'): Recipe {
  const { metadata, spec } = model ?? {};
  if (typeof metadata !== 'object' || metadata === null || !Array.isArray(spec?.nodes)) {
    fail('readRecipe', 'a model', model);
  }
  if (metadata.task !== 'forecast') {
    throw new ForecastError(
      `${name} is a model, but not one that \`unrolled forecast\` saved: its metadata.task does not say how rows become inputs`,
    );
  }
  if (metadata.version !== VERSION) {
    throw new ForecastError(
      `${name} was saved by another version of unrolled (metadata.version); train it again with \`unrolled forecast\``,
    );
  }
  const where = `${name}: metadata`;
  return readAs(() => {
    const recipe = readFields(metadata, where);
    checkStep(recipe, where);
    checkColumns(recipe, where);
    checkLengths(recipe, where);
    checkModel(recipe, spec, where);
    return recipe;
  }, explain);
}

function explain({ at, expected, value }: Misfit): ForecastError {
  const all = value === undefined ? 'nothing' : JSON.stringify(value);
  const shown = all.length > 60 ? `${all.slice(0, 60)}…` : all;
  return new ForecastError(`${at}: expected ${expected}, got ${shown}`);
}

/** No column serves twice, and the inputs are those that the columns give. */
function checkColumns(recipe: Recipe, where: string): void {
  const { target, date, features, cycles, level, inputs, scaler, outputScale } = recipe;
  const columns = [date, target, ...features.map(({ name }) => name)];
  if (target === date) refuse(`${where}.target`, 'another column than that of the dates', target);
  if (new Set(columns).size < columns.length) {
    refuse(`${where}.features`, 'columns that are not named twice', columns);
  }
  const expected = [
    DIFFERENCE,
    ...(level ? [target] : []),
    ...features.flatMap(channelNames),
    ...cycles.flatMap(channelsOf),
  ];
  if (inputs.length !== expected.length) {
    refuse(`${where}.inputs`, `${expected.length} names, one for each input`, inputs.length);
  }
  const wrong = inputs.findIndex((name, i) => name !== expected[i]);
  if (wrong >= 0) {
    refuse(`${where}.inputs[${wrong}]`, JSON.stringify(expected[wrong]), inputs[wrong]);
  }
  for (const part of ['offset', 'scale'] as const) {
    const { length } = scaler[part];
    if (length !== inputs.length)
      refuse(`${where}.scaler.${part}`, `${inputs.length} numbers`, length);
  }
  if (scaler.offset[0] !== 0) refuse(`${where}.scaler.offset[0]`, '0', scaler.offset[0]);
  if (scaler.scale[0] !== outputScale) {
    refuse(`${where}.outputScale`, `scaler.scale[0], ${scaler.scale[0]}`, outputScale);
  }
}

/** The step is one that rows of a file can have; calendar and season fit it. */
function checkStep({ step, cycles, lag }: Recipe, where: string): void {
  const { unit, every, name, length } = step;
  const most = { month: 12, weekday: 1 }[unit as string] ?? Infinity;
  const known = makeStep(unit, every);
  if (every > most) refuse(`${where}.step.every`, `at most ${most} of ${unit}`, every);
  if (name !== known.name) refuse(`${where}.step.name`, JSON.stringify(known.name), name);
  if (length !== known.length) refuse(`${where}.step.length`, String(known.length), length);
  const possible = possibleCycles(step, Infinity);
  const foreign = cycles.find((cycle) => !possible.includes(cycle));
  if (foreign) refuse(`${where}.cycles`, `cycles of steps of a ${name}`, foreign);
  const lags = [1, ...possibleSeasons(step)];
  if (!lags.includes(lag)) refuse(`${where}.lag`, lags.join(' or '), lag);
}

/** An end of the interval for each step of the horizon, the forecast between them. */
function checkLengths({ horizon, interval: { low, high } }: Recipe, where: string): void {
  for (const [end, values] of Object.entries({ low, high })) {
    const name = `${where}.interval.${end}`;
    if (values.length !== horizon)
      refuse(name, `${horizon} numbers, as horizon says`, values.length);
    const wrong = values.findIndex((value) => (end === 'low' ? value > 0 : value < 0));
    if (wrong >= 0) {
      refuse(`${name}[${wrong}]`, `a number ${end === 'low' ? 'up to' : 'from'} 0`, values[wrong]);
    }
  }
}

/** The model reads the window of inputs and gives the horizon. */
function checkModel(
  { kind, window, horizon, inputs }: Recipe,
  { inputs: ports, nodes }: Model['spec'],
  where: string,
): void {
  const [first, head, ...more] = nodes.map(({ layer }) => layer);
  if (first?.type !== FIRST_LAYER[kind] || head?.type !== 'dense' || more.length > 0) {
    const types = nodes.map(({ layer }) => layer.type).join(', ');
    refuse(`${where}.kind`, `the kind of a model of ${types}`, kind);
  }
  if ('returnSequences' in first && first.returnSequences) {
    refuse(`${where}.kind`, 'the kind of a model that gives a sequence', kind);
  }
  const [steps, size] = ports[0]?.shape ?? [];
  if (steps !== window) refuse(`${where}.window`, `${steps}, as the model reads`, window);
  if (size !== inputs.length) {
    refuse(`${where}.inputs`, `${size} names, as the model reads`, inputs.length);
  }
  if (head.units !== horizon)
    refuse(`${where}.horizon`, `${head.units}, as the model gives`, horizon);
}
