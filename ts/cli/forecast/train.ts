import {
  earlyStopping,
  type Layer,
  layers,
  optimizers,
  sequential,
  type Tensor,
  tensor,
} from '../../index.ts';
import type { Forecasts } from './metrics.ts';
import type { ForecastOptions, ModelKind } from './options.ts';
import type { LearningCurve } from './result.ts';
import { type Sampling, toForecasts, windowInputs, windowTargets } from './samples.ts';
import type { Origins } from './split.ts';

/** A trained model and how its training went. */
export interface TrainedModel {
  description: string;
  parameters: number;
  curve: LearningCurve;
  /** Wall clock of the training. */
  seconds: number;
  forecast(origins: number[]): Promise<Forecasts>;
  save(path: string, metadata: object): Promise<void>;
  dispose(): Promise<void>;
}

interface Training {
  signal: AbortSignal;
  onEpoch(epoch: number, loss: number, valLoss: number): void;
}

const UNITS = 32;
const BATCH = 32;
/** Epochs without a better validation loss after which training stops. */
const PATIENCE = 12;
/** More training windows than this are thinned out evenly; neighbours overlap almost wholly. */
const MOST_WINDOWS = 20_000;

/** Trains one model on the training windows and keeps the epoch that does best on the validation windows. */
export async function trainModel(
  sampling: Sampling,
  origins: Origins,
  options: ForecastOptions,
  { signal, onEpoch }: Training,
): Promise<TrainedModel> {
  const { window, channels, horizon } = sampling;
  const { list, description } = architecture(options.model, horizon);
  const model = sequential(list, { inputShape: [window, channels.length], seed: options.seed });
  model.compile({
    optimizer: optimizers.adam({ learningRate: options.learningRate }),
    loss: 'mse',
  });
  const inputs = (some: number[]): Tensor<3> => {
    return tensor(windowInputs(sampling, some), [some.length, window, channels.length]);
  };
  const targets = (some: number[]) => tensor(windowTargets(sampling, some), [some.length, horizon]);

  const train = thin(origins.train);
  const validation = thin(origins.validation);
  const started = performance.now();
  const run = model.fit(inputs(train), targets(train), {
    epochs: options.epochs,
    batchSize: BATCH,
    validationData: [inputs(validation), targets(validation)],
    callbacks: [earlyStopping({ patience: PATIENCE, restoreBestWeights: true })],
    signal,
  });
  for await (const { epoch, loss, valLoss } of run) onEpoch(epoch, loss, valLoss as number);
  const { history } = await run;
  const loss = [...history.loss];
  const valLoss = [...(history.valLoss as number[])];
  return {
    description,
    parameters: countParameters(options.model, horizon, window, channels.length),
    curve: { loss, valLoss, best: valLoss.indexOf(Math.min(...valLoss)) },
    seconds: (performance.now() - started) / 1000,
    forecast: async (some) => toForecasts(sampling, some, (await model.predict(inputs(some))).data),
    save: async (path, metadata) => {
      await model.save(path, { metadata });
    },
    dispose: () => model.dispose(),
  };
}

function thin(origins: number[]): number[] {
  const stride = Math.ceil(origins.length / MOST_WINDOWS);
  return origins.filter((_, i) => (origins.length - 1 - i) % stride === 0);
}

function architecture(kind: ModelKind, horizon: number): { list: Layer[]; description: string } {
  const regular = { dropout: 0.1, recurrentDropout: 0.2 };
  const head = layers.dense(horizon);
  switch (kind) {
    case 'linear':
      return {
        list: [layers.flatten(), head],
        description: `Dense(${horizon}) on the flattened window`,
      };
    case 'rnn':
      return {
        list: [layers.simpleRNN(UNITS, regular), head],
        description: `SimpleRNN(${UNITS}), Dense(${horizon})`,
      };
    case 'gru':
      return {
        list: [layers.gru(UNITS, regular), head],
        description: `GRU(${UNITS}), Dense(${horizon})`,
      };
    case 'lstm':
      return {
        list: [layers.lstm(UNITS, regular), head],
        description: `LSTM(${UNITS}), Dense(${horizon})`,
      };
  }
}
