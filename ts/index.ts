export type { CallOptions } from './abortable.ts';
export type { Activation, ActivationName } from './activations.ts';
export {
  type BatchProgress,
  type Callback,
  type EarlyStoppingOptions,
  earlyStopping,
} from './callbacks.ts';
export type { CompileOptions } from './compile.ts';
export { type Constraint, constraints } from './constraints.ts';
export type {
  AnyInputs,
  AnyTargets,
  Data,
  DataArgument,
  InputsOf,
  OtherArguments,
  RankOf,
  Scalars,
  Sequences,
  SequenceTargets,
  Series,
  TargetsOf,
  Vectors,
  VectorTargets,
} from './data.ts';
export {
  type ClassData,
  encoders,
  type Label,
  type LabelEncoder,
  type LabelEncoderJson,
} from './encoders.ts';
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
  type Cause,
  type ErrorDetails,
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
export type {
  EpochLogs,
  Evaluation,
  History,
  HistoryKey,
  Measured,
  MeasuredOnValidation,
  Measures,
  ValidationMeasures,
} from './history.ts';
export {
  type GainOptions,
  type Initializer,
  type InitializerLike,
  initializers,
  type NormalOptions,
  type UniformOptions,
} from './initializers.ts';
export type { ActivationLayer } from './layers/activation.ts';
export type { DenseLayer, DenseOptions, DenseOutput } from './layers/dense.ts';
export type { DropoutLayer } from './layers/dropout.ts';
export type { FlattenLayer, FlattenOutput } from './layers/flatten.ts';
export type { Named } from './layers/named.ts';
export type {
  Apply,
  ApplyAll,
  FittingLayers,
  MarkedLayers,
  OutputShape,
  ShapeText,
} from './layers/output.ts';
export type {
  GruLayer,
  GruOptions,
  LstmLayer,
  LstmOptions,
  Recurrent,
  RecurrentOptions,
  RecurrentOutput,
  SimpleRnnLayer,
} from './layers/recurrent.ts';
export type { Weighted, WeightedOptions } from './layers/weighted.ts';
export { type Layer, layers, type OutputShapes } from './layers.ts';
export { fromBytes, load } from './load.ts';
export {
  type CrossentropyOptions,
  type HuberOptions,
  type Loss,
  type LossLike,
  losses,
} from './losses.ts';
export { type Metric, type MetricLike, type MetricName, metrics } from './metrics.ts';
export type { Model, SaveOptions } from './model.ts';
export {
  type AdamOptions,
  type AdamwOptions,
  type Optimizer,
  type OptimizerLike,
  type OptimizerOptions,
  optimizers,
  type RmspropOptions,
  type Rule,
  type SgdOptions,
} from './optimizers.ts';
export type {
  AbortSignalLike,
  BlobLike,
  BytesParts,
  ModuleLike,
  Platform,
  ResponseLike,
  SignalParts,
  URLLike,
  URLParts,
} from './platform.ts';
export { type Regularizer, regularizers } from './regularizers.ts';
export type { FitResult, Run, RunStatus } from './run.ts';
export { type Scaled, type Scaler, type ScalerData, type ScalerJson, scalers } from './scalers.ts';
export {
  type CosineOptions,
  type ExponentialOptions,
  type OneCycleOptions,
  type PiecewiseOptions,
  type Schedule,
  schedules,
} from './schedules.ts';
export { type InputShape, type SequentialOptions, sequential } from './sequential.ts';
export type { CompileSpec, InputSpec, ModelSpec, NodeSpec, Port, Shape, Unnamed } from './spec.ts';
export type { LoadSource } from './storage/resolve.ts';
export { type Destination, type Source, storage } from './storage.ts';
export type { BatchIterable, BatchSource } from './streams.ts';
export {
  type ArgMaxOf,
  type NamedTensor,
  type Nested,
  type NestedArray,
  type RowOf,
  type ShapeOf,
  type Tensor,
  type TensorOptions,
  tensor,
} from './tensor.ts';
export type { WeightLike } from './weights.ts';
export type { EarlyStopping } from './worker/earlyStopping.ts';
