import type { MetricName } from './metrics.ts';
import type { EpochRecord, Logs } from './worker/protocol.ts';

/** Name of a measured value. */
export type LogName = 'loss' | MetricName;

/** Key of a history: `loss`, `mae`, …, and `valLoss`, `valMae`, … for the validation data. */
export type HistoryKey = LogName | `val${Capitalize<LogName>}`;

/** Loss and metrics over an epoch, by name. */
export type EpochLogs = {
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** Time that the epoch took, in seconds, validation included. */
  readonly seconds: number;
  readonly loss: number;
} & { readonly [K in Exclude<HistoryKey, 'loss'>]?: number };

/** Loss and metrics after each epoch, in the order of the epochs. */
export type History = { readonly loss: readonly number[] } & {
  readonly [K in Exclude<HistoryKey, 'loss'>]?: readonly number[];
};

/** What `evaluate` and `trainOnBatch` give. */
export type Evaluation = { readonly loss: number } & {
  readonly [K in MetricName]?: number;
};

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
