import {
  earlyStopping,
  type Layer,
  layers,
  type Model,
  optimizers,
  sequential,
  tensor,
} from '../index.ts';
import { inputTensor } from './apply.ts';
import type { Settings } from './options.ts';
import type { TrainingSummary } from './result.ts';
import { inputScales, type Sampling, windowTargets } from './samples.ts';
import type { Origins } from './split.ts';

/** A trained model and how its training went. */
interface Trained {
  model: Model;
  summary: TrainingSummary;
}

interface Training {
  signal: AbortSignal;
  onEpoch?: (epoch: number, loss: number, valLoss: number) => void;
}

const BATCH = 32;
/** Epochs without a better validation loss after which training stops. */
const PATIENCE = 12;

/** Trains one model on the training windows and keeps the epoch that does best on the validation windows. */
export async function trainModel(
  sampling: Sampling,
  origins: Origins,
  options: Settings,
  { signal, onEpoch }: Training,
): Promise<Trained> {
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
      onEpochEnd: ({ epoch, loss, valLoss = Number.NaN }) => onEpoch?.(epoch, loss, valLoss),
      signal,
    });
    const seconds = (performance.now() - started) / 1000;
    const valLoss = [...(history.valLoss ?? [])];
    const { layers: summary } = await model.describe();
    return {
      model,
      summary: {
        description,
        parameters: summary.reduce((sum, layer) => sum + layer.parameters, 0),
        curve: { loss: [...history.loss], valLoss, best: valLoss.indexOf(Math.min(...valLoss)) },
        seconds,
      },
    };
  } catch (error) {
    await model.dispose();
    throw error;
  }
}

function architecture({ model, units, recurrentDropout, horizon }: Settings): {
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
