import {
  generateWaves,
  oneStepAhead,
  type SplitSeries,
  sequenceToSequence,
  stepsAhead,
} from '../../datasets/index.ts';
import { type Layer, layers, optimizers, sequential, type Tensor } from '../../index.ts';
import { naiveError, ownForecastError } from './errors.ts';
import { FIGURES, type Figure } from './figures.ts';

/** What is trained once for each seed, and the figures that come out of it. */
export interface Training {
  figures: Figure[];
  /** False where no random number is drawn but the series': one run is enough. */
  seeded: boolean;
  /** The values of `figures`, in their order. */
  run(seed: number, signal: AbortSignal): Promise<number[]>;
}

/** The notebook's series, made when first asked for. */
const oneStep = once(() => oneStepAhead(generateWaves({ steps: 51 })));
const tenSteps = once(() => stepsAhead(generateWaves({ steps: 60 }), 10));
const everyStep = once(() => sequenceToSequence(generateWaves({ steps: 60 }), 10));

const rnn = (returnSequences: boolean) => layers.simpleRNN(20, { returnSequences });
const perStep = layers.timeDistributed(layers.dense(10));

/** Every model of the chapter that these layers can build: mean squared error, 20 epochs, batches of 32. */
export const TRAININGS: Training[] = [
  naive(FIGURES.oneNaive, oneStep),
  trained(FIGURES.oneLinear, oneStep, [layers.flatten(), layers.dense(1)]),
  trained(FIGURES.oneSimple, oneStep, [layers.simpleRNN(1)], 5e-3),
  trained(FIGURES.oneDeep, oneStep, [rnn(true), rnn(true), layers.simpleRNN(1)]),
  denseAndOwnForecasts(),
  naive(FIGURES.tenNaive, tenSteps),
  trained(FIGURES.tenLinear, tenSteps, [layers.flatten(), layers.dense(10)]),
  trained(FIGURES.tenDeep, tenSteps, [rnn(true), rnn(false), layers.dense(10)]),
  // At this learning rate the error jumps from epoch to epoch: the best epoch counts.
  lastStep(FIGURES.sequenceSimple, [rnn(true), rnn(true), perStep], 1e-2, (errors) =>
    Math.min(...errors),
  ),
  lastStep(FIGURES.sequenceLstm, [
    layers.lstm(20, { returnSequences: true }),
    layers.lstm(20, { returnSequences: true }),
    perStep,
  ]),
  lastStep(FIGURES.sequenceGru, [
    layers.gru(20, { returnSequences: true }),
    layers.gru(20, { returnSequences: true }),
    perStep,
  ]),
];

function naive(figure: Figure, parts: () => SplitSeries<2>): Training {
  return { figures: [figure], seeded: false, run: async () => [naiveError(parts().validation)] };
}

/** The figure is the validation loss after the last epoch. */
function trained(
  figure: Figure,
  parts: () => SplitSeries<2>,
  list: Layer[],
  learningRate = 1e-3,
): Training {
  const run = async (seed: number, signal: AbortSignal) => {
    const fitted = await fit(list, parts(), { seed, learningRate, signal });
    await fitted.dispose();
    return [last(fitted.history.valLoss)];
  };
  return { figures: [figure], seeded: true, run };
}

/** The figure is the validation error of the last step, chosen from those of all epochs. */
function lastStep(
  figure: Figure,
  list: Layer[],
  learningRate = 1e-3,
  choose: (errors: readonly number[]) => number = last,
): Training {
  const run = async (seed: number, signal: AbortSignal) => {
    const fitted = await fit(list, everyStep(), { seed, learningRate, signal });
    await fitted.dispose();
    return [choose(fitted.history.valLastStepMse ?? [])];
  };
  return { figures: [figure], seeded: true, run };
}

/** The deep network with a dense head, one step ahead; then ten steps ahead from its own forecasts. */
function denseAndOwnForecasts(): Training {
  const list = [rnn(true), rnn(false), layers.dense(1)];
  const run = async (seed: number, signal: AbortSignal) => {
    const fitted = await fit(list, oneStep(), { seed, learningRate: 1e-3, signal });
    try {
      const own = await ownForecastError(tenSteps().validation, fitted.predict);
      return [last(fitted.history.valLoss), own];
    } finally {
      await fitted.dispose();
    }
  };
  return { figures: [FIGURES.oneDense, FIGURES.tenOwn], seeded: true, run };
}

async function fit(
  list: Layer[],
  { train, validation }: SplitSeries<2> | SplitSeries<3>,
  { seed, learningRate, signal }: { seed: number; learningRate: number; signal: AbortSignal },
) {
  const steps = list[0]?.type === 'flatten' ? (train.x.shape[1] as number) : null;
  const model = sequential(list, { inputShape: [steps, 1], seed });
  try {
    const metrics = train.y.shape.length === 3 ? (['lastStepMse'] as const) : [];
    model.compile({ optimizer: optimizers.adam({ learningRate }), loss: 'mse', metrics });
    const { history } = await model.fit(train.x, train.y, {
      epochs: 20,
      batchSize: 32,
      validationData: [validation.x, validation.y],
      signal,
    });
    return {
      history: history as Partial<Record<string, readonly number[]>>,
      predict: async (x: Tensor<3>) => (await model.predict(x)).data,
      dispose: () => model.dispose(),
    };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

function last(values: readonly number[] | undefined): number {
  return values?.at(-1) ?? Number.NaN;
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
