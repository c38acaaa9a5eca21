import type { Backend } from '../engine/backends.ts';
import type { EngineSource } from '../engine/engine.ts';
import type { Packed } from '../pack.ts';
import type { EarlyStopping, StoppingState } from './earlyStopping.ts';

/** How the engine starts. */
export interface StartRequest {
  readonly backend: Backend;
  readonly source: EngineSource;
}

/** Inputs and targets, one for each input and output of the model. */
export interface Batch {
  readonly inputs: readonly Packed[];
  readonly targets: readonly Packed[];
}

/** Loss and metrics by their names; with `val` in front, those of the validation data. */
export type Logs = Readonly<Record<string, number>>;

/** What a finished epoch is remembered by. */
export interface EpochRecord {
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  readonly logs: Logs;
}

/** What a run should be doing. */
export type Command = 'run' | 'pause' | 'stop' | 'abort';

/**
 * What the caller's side says to a run: a command, or `attend`: to tell of each epoch when it ends,
 * and to wait for the answer.
 */
export type Directive = Command | 'attend';

/** What the caller's side answers to an event: all that holds then, whatever it has said before. */
export interface Answer {
  readonly command: Command;
  /** Whether to tell of each epoch when it ends, and to wait for the answer. */
  readonly attended: boolean;
}

/** Numbers of the commands in shared memory. */
export const commands: readonly Command[] = ['run', 'pause', 'stop', 'abort'];

/** Where the validation data come from. */
export type Validation =
  | { readonly kind: 'none' }
  | { readonly kind: 'batch'; readonly batch: Batch }
  /** The training data from this example on. */
  | { readonly kind: 'split'; readonly from: number }
  | { readonly kind: 'stream' };

/** A training run. */
export interface FitRequest {
  /** The training data; missing where they are streamed. */
  readonly data?: Batch;
  readonly validation: Validation;
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  /** Batches of an epoch of streamed data; missing: to the end of the stream. */
  readonly stepsPerEpoch?: number;
  readonly earlyStopping: readonly EarlyStopping[];
  /** Continue the run that a checkpoint was saved in. */
  readonly resume: boolean;
  /** Tell when an epoch begins, and wait for the answer. */
  readonly epochBegin: boolean;
  /** Least time between two progress events, in milliseconds; no events when missing. */
  readonly progressInterval?: number;
  /** Holds the wanted command, where memory can be shared. */
  readonly flag?: Int32Array;
}

/** A finished epoch, and the time that it took. */
export interface FinishedEpoch {
  readonly record: EpochRecord;
  readonly seconds: number;
}

/** What a run tells while it goes. */
export type FitEvent =
  | { readonly type: 'begin'; readonly history: readonly EpochRecord[] }
  | { readonly type: 'epochBegin'; readonly epoch: number }
  | {
      readonly type: 'progress';
      readonly epoch: number;
      /** Batches done. */
      readonly batch: number;
      /** Batches of the epoch; null where a stream does not say. */
      readonly batches: number | null;
      /** Means over the epoch so far. */
      readonly logs: Logs;
    }
  /** One epoch where the caller attends to the run; else those since the last event. */
  | { readonly type: 'epochs'; readonly epochs: readonly FinishedEpoch[] }
  | { readonly type: 'paused' };

/** Takes an event; gives back what the run should be doing. */
export type FitListener = (event: FitEvent) => Answer | Promise<Answer>;

/** Tells the listener of an event; resolves when its answer has been obeyed. */
export type Tell = (event: FitEvent) => Promise<void>;

/** Why a run ended. */
export type FitEnd = 'completed' | 'earlyStopping' | 'stopped' | 'aborted';

/** How a run ended. */
export interface FitOutcome {
  readonly end: FitEnd;
  /** Epoch whose weights were brought back, if any. */
  readonly bestEpoch: number | null;
}

/** What a stream of batches is for. */
export type StreamName = 'train' | 'validation' | 'evaluate';

/** Gives the next batch of a stream, null at its end. `restart` begins the stream anew. */
export type StreamReader = (stream: StreamName, restart: boolean) => Promise<Batch | null>;

/** Where a run stands; saved in checkpoints. */
export interface TrainingState {
  /** Epoch to go on with, from 0. */
  epoch: number;
  /** Batches of it that are done. */
  batch: number;
  /** Number of its permutation: counts all epochs of the model. */
  order: number;
  /** Training metrics of the epoch, when only its validation is missing. */
  trained: number[] | null;
  /** Number of training examples; null for a stream. */
  examples: number | null;
  batchSize: number;
  shuffle: boolean;
  history: EpochRecord[];
  stopping: StoppingState[];
}

/**
 * What this library keeps in a checkpoint's metadata. It is written as one JSON string, so that
 * numbers and their order come back exactly as they were, whatever reads the file in between. A field
 * here is checked in `metadata.ts`.
 */
export interface SavedMetadata {
  readonly name: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly training: TrainingState | null;
}
