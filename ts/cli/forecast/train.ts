import { earlyStopping, type Layer, layers, optimizers, sequential, tensor } from '../../index.ts';
import { applyModel, inputTensor } from './apply.ts';
import type { Forecasts } from './metrics.ts';
import type { ForecastOptions } from './options.ts';
import type { Recipe } from './recipe.ts';
import type { LearningCurve } from './result.ts';
import { inputScales, type Sampling, windowTargets } from './samples.ts';
import type { Origins } from './split.ts';

/** A trained model and how its training went. */
export interface TrainedModel {
  description: string;
  parameters: number;
  curve: LearningCurve;
  /** Wall clock of the training. */
  seconds: number;
  forecast(origins: number[]): Promise<Forecasts>;
  save(path: string, recipe: Recipe): Promise<void>;
  dispose(): Promise<void>;
}

interface Training {
  signal: AbortSignal;
  onEpoch(epoch: number, loss: number, valLoss: number): void;
}

const BATCH = 32;
/** Epochs without a better validation loss after which training stops. */
const PATIENCE = 12;

/** Trains one model on the training windows and keeps the epoch that does best on the validation windows. */
export async function trainModel(
  sampling: Sampling,
  origins: Origins,
  options: ForecastOptions,
  { signal, onEpoch }: Training,
): Promise<TrainedModel> {
  const { window, horizon } = sampling;
  const size = inputScales(sampling).length;
  const { list, description } = architecture(options);
  const model = sequential(list, { inputShape: [window, size], seed: options.seed });
  model.compile({
    optimizer: optimizers.adam({ learningRate: options.learningRate }),
    loss: 'mse',
  });
  const inputs = (some: number[]) => inputTensor(sampling, some);
  const targets = (some: number[]) => tensor(windowTargets(sampling, some), [some.length, horizon]);

  const { train, validation } = origins;
  const started = performance.now();
  try {
    const { history } = await model.fit(inputs(train), targets(train), {
      epochs: options.epochs,
      batchSize: BATCH,
      validationData: [inputs(validation), targets(validation)],
      callbacks: [earlyStopping({ patience: PATIENCE, restoreBestWeights: true })],
      onEpochEnd: ({ epoch, loss, valLoss = Number.NaN }) => onEpoch(epoch, loss, valLoss),
      signal,
    });
    const seconds = (performance.now() - started) / 1000;
    const valLoss = [...(history.valLoss ?? [])];
    const { layers: summary } = await model.describe();
    return {
      description,
      parameters: summary.reduce((sum, layer) => sum + layer.parameters, 0),
      curve: { loss: [...history.loss], valLoss, best: valLoss.indexOf(Math.min(...valLoss)) },
      seconds,
      forecast: (some) => applyModel(model, sampling, some, signal),
      save: (path, recipe) => {
        model.metadata = { ...recipe };
        return model.save(path);
      },
      dispose: () => model.dispose(),
    };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

function architecture({ model, units, recurrentDropout, horizon }: ForecastOptions): {
  list: Layer[];
  description: string;
} {
  const head = layers.dense(horizon);
  switch (model) {
    case 'linear':
      return {
        list: [layers.flatten(), head],
        description: `Dense(${horizon}) on the flattened window`,
      };
    case 'rnn':
      return {
        list: [layers.simpleRNN(units, { recurrentDropout }), head],
        description: `SimpleRNN(${units}), Dense(${horizon})`,
      };
    case 'gru':
      return {
        list: [layers.gru(units, { recurrentDropout }), head],
        description: `GRU(${units}), Dense(${horizon})`,
      };
    case 'lstm':
      return {
        list: [layers.lstm(units, { recurrentDropout }), head],
        description: `LSTM(${units}), Dense(${horizon})`,
      };
  }
}
