import { type Cell, type Network, network } from './network.ts';
import { HORIZON, type Problem, row } from './problem.ts';

/** What the controls ask for. */
export interface Settings {
  cell: Cell;
  learningRate: number;
  epochs: number;
}

/** An epoch that is done, counted from 1, and what the network then forecasts. */
export interface Epoch {
  epoch: number;
  loss: number;
  valLoss: number;
  /** One forecast for each series shown. */
  forecasts: Float32Array[];
}

/** What a training tells the page. */
export interface Listener {
  /** Some batches are done; `epoch` counts from 0 and moves by fractions. */
  onProgress(epoch: number, loss: number, sequences: number): void;
  onEpoch(epoch: Epoch): void;
}

/** One network and its run in a worker. */
export class Training {
  readonly #network: Network;
  readonly #problem: Problem;
  readonly #run: ReturnType<Network['fit']>;

  constructor(problem: Problem, settings: Settings, listener: Listener) {
    this.#problem = problem;
    this.#network = network(settings.cell, settings.learningRate);
    const { train, validation } = problem;
    const sequences = train.x.shape[0] ?? 0;
    this.#run = this.#network.fit(train.x, train.y, {
      epochs: settings.epochs,
      validationData: [validation.x, validation.y],
      callbacks: [
        {
          onProgress: ({ epoch, batch, batches, loss }) =>
            listener.onProgress(
              epoch + batch / batches,
              loss,
              sequences * (epoch + batch / batches),
            ),
          onEpochEnd: async ({ epoch, loss, valLoss }) =>
            listener.onEpoch({
              epoch: epoch + 1,
              loss,
              valLoss,
              forecasts: await this.#forecasts(),
            }),
        },
      ],
    });
  }

  /** Settles when the run ends: by itself, by `stop`, or with an error. */
  async finished(): Promise<void> {
    await this.#run;
  }

  pause(): void {
    this.#run.pause();
  }

  resume(): void {
    this.#run.resume();
  }

  stop(): void {
    this.#run.stop();
  }

  /** The trained model as one safetensors file. */
  save(): Promise<Uint8Array> {
    return this.#network.save();
  }

  /** Ends the worker. */
  dispose(): void {
    this.#network.dispose();
  }

  async #forecasts(): Promise<Float32Array[]> {
    const forecast = await this.#network.predict(this.#problem.shown);
    return this.#problem.examples.map((_, index) => row(forecast.data, HORIZON, index));
  }
}
