import type { EpochRecord, Logs } from './worker/protocol.ts';

/** What is measured, by its name in a history. */
export interface Measures {
  /** What is minimised: the mean of the loss, and the penalties on weights. */
  readonly loss: number;
  /** Mean squared error. */
  readonly mse: number;
  /** Mean absolute error. */
  readonly mae: number;
  /** Mean of the Huber loss. */
  readonly huber: number;
  /** Mean of the binary cross-entropy. */
  readonly binaryCrossentropy: number;
  /** Mean of the cross-entropy with one-hot targets. */
  readonly categoricalCrossentropy: number;
  /** Mean of the cross-entropy with class numbers. */
  readonly sparseCategoricalCrossentropy: number;
  /** Square root of the mean squared error. */
  readonly rmse: number;
  /** Mean absolute percentage error. */
  readonly mape: number;
  /** Mean squared error of the last step of each sequence. */
  readonly lastStepMse: number;
  /** Share of right answers. */
  readonly accuracy: number;
}

/** The same on the validation data, by its name in a history. */
export interface ValidationMeasures {
  /** What is minimised, on the validation data. */
  readonly valLoss: number;
  /** Mean squared error on the validation data. */
  readonly valMse: number;
  /** Mean absolute error on the validation data. */
  readonly valMae: number;
  /** Mean of the Huber loss on the validation data. */
  readonly valHuber: number;
  /** Mean of the binary cross-entropy on the validation data. */
  readonly valBinaryCrossentropy: number;
  /** Mean of the cross-entropy with one-hot targets on the validation data. */
  readonly valCategoricalCrossentropy: number;
  /** Mean of the cross-entropy with class numbers on the validation data. */
  readonly valSparseCategoricalCrossentropy: number;
  /** Square root of the mean squared error on the validation data. */
  readonly valRmse: number;
  /** Mean absolute percentage error on the validation data. */
  readonly valMape: number;
  /** Mean squared error of the last step of each sequence of the validation data. */
  readonly valLastStepMse: number;
  /** Share of right answers on the validation data. */
  readonly valAccuracy: number;
}

/** Values by the names of what was measured; the loss is always there. */
export type Measured<T> = { readonly [K in keyof Measures as Exclude<K, 'loss'>]?: T };

/** Values by the names of what was measured on the validation data. */
export type MeasuredOnValidation<T> = { readonly [K in keyof ValidationMeasures]?: T };

/** Key of a history: `loss`, `mae`, …, and `valLoss`, `valMae`, … for the validation data. */
export type HistoryKey = keyof Measures | keyof ValidationMeasures;

/** Loss and metrics over an epoch, by name. */
export type EpochLogs = {
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** Time that the epoch took, in seconds, validation included. */
  readonly seconds: number;
  /** Mean loss over the epoch. */
  readonly loss: number;
} & Measured<number> &
  MeasuredOnValidation<number>;

/** Loss and metrics after each epoch, in the order of the epochs. */
export type History = {
  /** Mean loss over each epoch. */
  readonly loss: readonly number[];
} & Measured<readonly number[]> &
  MeasuredOnValidation<readonly number[]>;

/** What `evaluate` and `trainOnBatch` give. */
export type Evaluation = {
  /** Mean loss. */
  readonly loss: number;
} & Measured<number>;

/** Gives logs of the engine their type. */
export const evaluation = (logs: Logs): Evaluation => ({ ...logs, loss: logs.loss ?? Number.NaN });

/** Gives the record of an epoch its type. */
export const epochLogs = ({ epoch, logs }: EpochRecord, seconds: number): EpochLogs => ({
  ...logs,
  loss: logs.loss ?? Number.NaN,
  epoch,
  seconds,
});

/** Collects records into a history. */
export function collect(records: readonly EpochRecord[]): History {
  const columns: Record<string, number[]> & { loss: number[] } = { loss: [] };
  for (const { logs } of records) {
    for (const [key, value] of Object.entries(logs)) {
      columns[key] ??= [];
      columns[key].push(value);
    }
  }
  return columns;
}
