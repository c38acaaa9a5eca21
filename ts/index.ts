export type { CallOptions } from './abortable.ts';
export type { Activation } from './activations.ts';
export {
  type BatchProgress,
  type Callback,
  type EarlyStoppingOptions,
  earlyStopping,
} from './callbacks.ts';
export type { CompileOptions } from './compile.ts';
export { type Constraint, constraints } from './constraints.ts';
export {
  type InitOptions,
  init,
  type NodeWorkerLike,
  type WasmSource,
  type WebWorkerLike,
  type WorkerLike,
} from './engine/config.ts';
export type { Description } from './engine/engine.ts';
export type { EngineOptions } from './engine/options.ts';
export {
  AbortError,
  CheckpointError,
  DataError,
  DisposedError,
  EngineCrashError,
  isAbortError,
  isCheckpointError,
  isDataError,
  isDisposedError,
  isEngineCrashError,
  isMemoryError,
  isNonFiniteError,
  isShapeError,
  isSpecError,
  isStateError,
  isStorageError,
  MemoryError,
  NonFiniteError,
  ShapeError,
  SpecError,
  StateError,
  StorageError,
  UnrolledError,
} from './errors.ts';
export type { FitOptions } from './fitOptions.ts';
export type { EpochLogs, Evaluation, History, HistoryKey } from './history.ts';
export { type Initializer, type InitializerLike, initializers } from './initializers.ts';
export type { DenseOptions } from './layers/dense.ts';
export type { GruOptions, LstmOptions, RecurrentOptions } from './layers/recurrent.ts';
export { type Layer, layers } from './layers.ts';
export { fromBytes, load } from './load.ts';
export { type Loss, type LossLike, losses } from './losses.ts';
export { type Metric, type MetricLike, type MetricName, metrics } from './metrics.ts';
export type { Model, SaveOptions, TargetsOf } from './model.ts';
export { type Optimizer, type OptimizerLike, optimizers } from './optimizers.ts';
export { type Regularizer, regularizers } from './regularizers.ts';
export type { FitResult, Run, RunStatus } from './run.ts';
export { type Scaler, type ScalerJson, scalers } from './scalers.ts';
export { type Schedule, schedules } from './schedules.ts';
export {
  type InputShape,
  type InputsOf,
  type OutputRank,
  type SequentialOptions,
  sequential,
} from './sequential.ts';
export type { CompileSpec, ModelSpec, Shape } from './spec.ts';
export type { LoadSource } from './storage/resolve.ts';
export { type Destination, type Source, storage } from './storage.ts';
export type { BatchIterable, BatchSource } from './streams.ts';
export {
  type NamedTensor,
  type Nested,
  type NestedArray,
  type ShapeOf,
  type Tensor,
  tensor,
} from './tensor.ts';
export type { WeightLike } from './weights.ts';
export type { EarlyStopping } from './worker/earlyStopping.ts';
