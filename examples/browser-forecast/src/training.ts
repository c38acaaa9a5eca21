import { type Run, storage } from 'unrolled';
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
  readonly #run: Run;

  constructor(problem: Problem, settings: Settings, listener: Listener) {
    const { train, validation } = problem;
    const { x, y } = train;
    this.#problem = problem;
    this.#network = network(settings.cell, settings.learningRate);
    this.#run = this.#network.fit(x, y, {
      epochs: settings.epochs,
      validationData: [validation.x, validation.y],
      progressInterval: 100,
      onBatchEnd: ({ epoch, batch, batches, loss }) => {
        const done = epoch + batch / (batches ?? batch);
        listener.onProgress(done, loss, done * x.shape[0]);
      },
      // The run waits for the forecasts, which the same worker makes: none is ever late.
      onEpochEnd: async ({ epoch, loss, valLoss = Number.NaN }) => {
        listener.onProgress(epoch + 1, loss, (epoch + 1) * x.shape[0]);
        listener.onEpoch({ epoch: epoch + 1, loss, valLoss, forecasts: await this.#forecasts() });
      },
    });
  }

  /** Settles when the run ends; says whether it came to its last epoch. */
  async finished(): Promise<boolean> {
    return (await this.#run).end === 'completed';
  }

  /** Settles when nothing is computed any more. */
  pause(): Promise<void> {
    return this.#run.pause();
  }

  resume(): void {
    this.#run.resume();
  }

  stop(): void {
    this.#run.stop();
  }

  /** Offers the trained model as a download. */
  save(name: string): Promise<void> {
    return this.#network.save(storage.download(name));
  }

  /** Ends the worker. */
  dispose(): Promise<void> {
    return this.#network.dispose();
  }

  async #forecasts(): Promise<Float32Array[]> {
    const { data } = await this.#network.predict(this.#problem.shown);
    return this.#problem.examples.map((_, index) => row(data, HORIZON, index));
  }
}
