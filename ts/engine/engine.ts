import type { CompileSpec, ModelSpec, Shape } from '../spec.ts';

/** Where data lie in the engine. */
export const slots = { train: 0, validation: 1, scratch: 2 } as const;

/**
 * Number of running sums of loss and metrics; who opened it owns it. A loaded model's meter 0 holds
 * those of the epoch that it was saved in.
 */
export type Meter = number;

/** One of {@link slots}. */
export type Slot = (typeof slots)[keyof typeof slots];

/** What an engine says about its model. */
export interface Description {
  /** The model as plain data. */
  readonly spec: ModelSpec;
  /** How it is trained; null before compiling. */
  readonly compile: CompileSpec | null;
  /** The layers in their order. */
  readonly layers: readonly {
    /** The layer's name. */
    readonly name: string;
    /** The layer's type. */
    readonly type: string;
    /** With the batch, `null`, in front. */
    readonly outputShape: Shape;
    /** Number of trainable values. */
    readonly parameters: number;
  }[];
  /** The weights in Keras's order. */
  readonly weights: readonly {
    /** `layer/kernel`, `layer/recurrent_kernel` or `layer/bias`. */
    readonly name: string;
    /** Sizes of the axes. */
    readonly shape: readonly number[];
  }[];
  /** What comes out. */
  readonly outputs: readonly {
    /** Name of the layer that gives it. */
    readonly name: string;
    /** With the batch, `null`, in front. */
    readonly shape: Shape;
  }[];
  /** `loss` and the metrics' names; empty before compiling. */
  readonly metrics: readonly string[];
  /** Memory that the model holds: weights, optimizer, data and work space, in bytes. */
  readonly memoryBytes: number;
  /** Memory of the engine's instance, in bytes; it grows and never shrinks. */
  readonly instanceBytes: number;
  /** The arithmetic that is in use. */
  readonly arithmetic: string;
  /** What was given to `save`. */
  readonly metadata: unknown;
}

/**
 * One model in an engine: the boundary that every backend implements. Calls are synchronous and
 * throw errors of this library; after an EngineCrashError the engine must not be used again.
 */
export interface Engine {
  /** Sets loss, optimizer and metrics; keeps weights, resets the optimizer. */
  compile(spec: CompileSpec): void;
  describe(): Description;
  /**
   * Gives a slot its data, which are copied.
   * @param shape - [batch, time, features] or [batch, features]
   * @param lengths - valid steps of each example
   */
  setInput(
    slot: Slot,
    index: number,
    data: Float32Array,
    shape: readonly number[],
    lengths?: Uint32Array,
  ): void;
  /** Gives a slot its targets, which are copied. */
  setTarget(slot: Slot, index: number, data: Float32Array, shape: readonly number[]): void;
  /** Checks inputs and targets of a slot against the model and its loss, before anything is changed. */
  checkData(slot: Slot): void;
  clearData(slot: Slot): void;
  /** Number of examples of a slot. */
  size(slot: Slot): number;
  /** Trains one mini-batch; gives its loss and adds to a meter. */
  trainStep(slot: Slot, indices: Uint32Array, meter: Meter): number;
  /** Number of blocks of lanes of a mini-batch of so many examples: what can be computed apart. */
  blocks(examples: number): number;
  /**
   * What blocks `from` up to, but not including, `to` of a mini-batch add to a training step; changes
   * nothing. Bytes for `apply` of this or another engine that holds the same model.
   */
  accumulate(slot: Slot, indices: Uint32Array, from: number, to: number): Uint8Array;
  /**
   * One training step from what all its blocks add, one after the other in their order, whichever
   * engine computed them; gives the bits of `trainStep`.
   */
  apply(partials: Uint8Array, meter: Meter): number;
  /** Measures one mini-batch; gives its loss and adds to a meter. */
  evaluateStep(slot: Slot, indices: Uint32Array, meter: Meter): number;
  /** One output of one mini-batch, [batch, …]. */
  predictStep(slot: Slot, indices: Uint32Array, output: number): Float32Array;
  /** Shape of an output for all examples of a slot. */
  outputShape(output: number, slot: Slot): number[];
  /** Gradients of the loss of one mini-batch, one weight after the other. */
  gradients(slot: Slot, indices: Uint32Array): Float32Array;
  /** A meter that has seen nothing. `compile` closes all but 0. */
  openMeter(): Meter;
  resetMeter(meter: Meter): void;
  /** Meter 0 cannot be closed. */
  closeMeter(meter: Meter): void;
  /** Loss and metrics over all that a meter has seen. */
  metrics(meter: Meter): number[];
  /** All weights, one after the other. */
  getWeights(): Float32Array;
  setWeights(flat: Float32Array): void;
  /** The order of `size` examples in an epoch. */
  permutation(size: number, epoch: number): Uint32Array;
  learningRate(): number;
  setLearningRate(value: number): void;
  /** Keeps a copy of the weights inside. */
  keepBest(): void;
  /** Brings that copy back; false when there is none. */
  restoreBest(): boolean;
  /** Forgets that copy. */
  dropBest(): void;
  /**
   * One safetensors file.
   * @param meter - the running sums that are saved with the optimizer
   */
  save(metadata: unknown, includeOptimizer: boolean, meter: Meter): Uint8Array;
  dispose(): void;
}

/** What an engine starts from: a description, or saved bytes. */
export type EngineSource = { readonly spec: ModelSpec } | { readonly bytes: Uint8Array };
