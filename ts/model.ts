import { abortable, type CallOptions, checkCall } from './abortable.ts';
import { inputAdvice, targetAdvice } from './advice.ts';
import { flag, knownOptions, positive, show } from './check.ts';
import { compileSpec, type CompileOptions } from './compile.ts';
import type { Data, DataArgument, InputsOf, OtherArguments, RankOf, TargetsOf } from './data.ts';
import type { Description } from './engine/engine.ts';
import type { EngineOptions } from './engine/options.ts';
import { AbortError, DataError, StateError } from './errors.ts';
import { examplesAndOptions, startRun } from './fit.ts';
import { checkFit, type FitOptions } from './fitOptions.ts';
import { type Evaluation, evaluation } from './history.ts';
import { EngineHost, type Prepared } from './host.ts';
import type { Opened } from './open.ts';
import { checkOutputs } from './outputs.ts';
import { checkPair, type Packed, pack, rankOf } from './pack.ts';
import type { URLLike } from './platform.ts';
import type { Run } from './run.ts';
import type { CompileSpec, ModelSpec, Shape } from './spec.ts';
import { destinationOf } from './storage/resolve.ts';
import type { Destination } from './storage.ts';
import { type BatchSource, type Packer, StreamPump } from './streams.ts';
import { summarize, summaryTable } from './summary.ts';
import { checkSplit, checkTargets } from './targets.ts';
import { type NamedTensor, Tensor } from './tensor.ts';
import { lendBatch } from './transfer.ts';
import { warnOnce } from './warn.ts';
import { flatten, unflatten, type WeightLike } from './weights.ts';
import type { Batch, Logs } from './worker/protocol.ts';

/** Options of `save` and `toBytes`. */
export interface SaveOptions {
  /** Save the optimizer's state and the run's position too, so that training can go on. @default true */
  readonly includeOptimizer?: boolean;
}

interface ModelOptions extends Required<EngineOptions> {
  readonly name: string;
  readonly metadata?: Record<string, unknown>;
  readonly compiled?: CompileSpec | null;
  readonly opened?: Opened;
}

/** Engines of models that were collected without having been disposed of. */
const collected = new FinalizationRegistry<EngineHost>((host) => void host.dispose());

/**
 * A recurrent network. Building and compiling it is plain data; the engine starts with the first
 * call that needs it. `I` and `O` are the shapes of one example of its input and of its output;
 * `Model` alone is a model of any shapes, and either fits a variable of the other.
 */
// Only `any` goes both ways.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export class Model<I extends Shape = any, O extends Shape = any> {
  /** The model's name. */
  readonly name: string;
  /** The model as plain data. */
  readonly spec: ModelSpec;
  /** Plain JSON data that is saved with the model, such as a scaler's. */
  metadata: Record<string, unknown>;
  readonly #host: EngineHost;
  readonly #inputShape: Shape;
  readonly #outputShape: Shape;
  #compiled: CompileSpec | null;
  #run: Run | undefined;
  readonly #warn = warnOnce();

  /** @internal Use `sequential`, `load` or `fromBytes`. */
  constructor(spec: ModelSpec, { name, metadata, compiled, opened, ...engine }: ModelOptions) {
    this.name = name;
    this.spec = spec;
    this.metadata = metadata ?? {};
    this.#compiled = compiled ?? null;
    this.#host = new EngineHost(engine, { spec }, opened);
    collected.register(this, this.#host, this);
    this.#inputShape = spec.inputs[0]?.shape ?? [];
    const output = spec.outputs[0]?.[0];
    this.#outputShape =
      summarize(spec)
        .find((layer) => layer.name === output)
        ?.outputShape.slice(1) ?? [];
  }

  /**
   * Says how the model is trained. Keeps the weights, resets the optimizer.
   * @throws SpecError where an option cannot be used, StateError while a run is under way
   */
  compile(options: CompileOptions): this {
    if (this.#run !== undefined)
      throw new StateError('compile: a run is under way: stop it or wait for it first');
    const spec = compileSpec(options);
    checkOutputs(this.spec, this.#outputShape.at(-1) ?? 1, spec);
    this.#compiled = spec;
    this.#host.compile(spec);
    return this;
  }

  /**
   * Trains on arrays, or on a stream of batches. The run is awaitable and async-iterable; whatever
   * is wrong with the data, or goes wrong later, rejects it.
   * @param x - [batch, time, features] or [batch, features]; sequences may differ in length. Or a
   * stream of batches `[x, y]`, followed by the options alone
   * @throws SpecError where an option cannot be used, StateError before compile or during a run
   */
  fit<A extends Data<InputsOf<I>, TargetsOf<O>>>(
    x: DataArgument<A, InputsOf<I>, TargetsOf<O>>,
    ...rest: OtherArguments<A, InputsOf<I>, TargetsOf<O>, FitOptions<InputsOf<I>, TargetsOf<O>>>
  ): Run;
  fit(first: unknown, second?: unknown, third?: FitOptions<unknown, unknown>): Run {
    const { data, options: given } = examplesAndOptions('fit', first, second, third);
    const compile = this.#compiledSpec('fit');
    if (this.#run !== undefined)
      throw new StateError('fit: a run is under way: stop it or wait for it first');
    const options = checkFit(given);
    const pack: Packer = (x, y, where) => {
      const batch = this.#pair(x, y, where);
      if (where === '' && options.validationSplit > 0)
        checkSplit(batch.targets[0], compile.loss, options.validationSplit, this.#warn);
      return batch;
    };
    const run = startRun({ host: this.#host, data, options, compile, pack });
    this.#run = run;
    void run.closed.then(() => {
      this.#run = undefined;
    });
    return run;
  }

  /** Loss and metrics on arrays, or on a stream of batches, without training. */
  async evaluate<A extends Data<InputsOf<I>, TargetsOf<O>>>(
    x: DataArgument<A, InputsOf<I>, TargetsOf<O>>,
    ...rest: OtherArguments<A, InputsOf<I>, TargetsOf<O>, CallOptions>
  ): Promise<Evaluation>;
  async evaluate(first: unknown, second?: unknown, third?: CallOptions): Promise<Evaluation> {
    const { data, options } = examplesAndOptions('evaluate', first, second, third);
    checkCall('evaluate', options);
    this.#compiledSpec('evaluate');
    if ('stream' in data) return evaluation(await this.#evaluateStream(data.stream, options));
    const { x, y } = data;
    const call = (flag?: Int32Array) =>
      this.#host.call(
        'evaluate',
        this.#lendPair(x, y, (batch) => [batch, flag]),
      );
    return evaluation(await abortable(options, call));
  }

  /**
   * The model's output, [batch, units] or [batch, time, units]. For sequences of different lengths
   * the result carries their lengths.
   */
  async predict(x: InputsOf<I>, options: CallOptions = {}): Promise<Tensor<RankOf<O>>> {
    checkCall('predict', options);
    const input = this.#input(x, 'x');
    const { lengths } = input;
    const [examples = 0, steps] = input.shape;
    if (steps === 1 && examples > 1 && this.#inputShape[0] === null && rankOf(x) === 2) {
      this.#warn(
        'steps',
        `predict: x is read as ${examples} sequences of one step; one sequence of ${examples} steps is [x]`,
      );
    }
    const lend = async (flag?: Int32Array): Promise<Prepared<'predict'>> => {
      const { packed, buffers } = await this.#host.lend([input]);
      return { args: [packed, flag], buffers };
    };
    const call = (flag?: Int32Array) => this.#host.call('predict', lend(flag));
    const { data, shape } = await abortable(options, call);
    return new Tensor<number>(data, shape, shape.length === 3 ? lengths : undefined) as Tensor<
      RankOf<O>
    >;
  }

  /** One training step; gives loss and metrics of this batch before the step. */
  async trainOnBatch(x: InputsOf<I>, y: TargetsOf<O>): Promise<Evaluation> {
    this.#compiledSpec('trainOnBatch');
    return evaluation(
      await this.#host.call(
        'trainOnBatch',
        this.#lendPair(x, y, (batch) => [batch]),
      ),
    );
  }

  /** Gradients of the loss by the weights' names, in their order; updates nothing, drops nothing. */
  async gradients(x: InputsOf<I>, y: TargetsOf<O>): Promise<Record<string, NamedTensor>> {
    this.#compiledSpec('gradients');
    const flat = await this.#host.call(
      'gradients',
      this.#lendPair(x, y, (batch) => [batch]),
    );
    const { weights } = await this.#host.description();
    return Object.fromEntries(
      unflatten(flat, weights).map((gradient) => [gradient.name, gradient]),
    );
  }

  /** All weights in Keras's order and shapes. */
  async getWeights(): Promise<NamedTensor[]> {
    const flat = await this.#host.call('getWeights', []);
    return unflatten(flat, (await this.#host.description()).weights);
  }

  /**
   * Sets all weights, in the order and shapes of `getWeights` and of Keras's `get_weights()`.
   * @throws ShapeError where a weight does not fit
   */
  async setWeights(weights: readonly WeightLike[]): Promise<void> {
    const flat = flatten(
      weights,
      summarize(this.spec).flatMap((layer) => layer.weights),
    );
    const buffers = [flat.buffer as ArrayBuffer];
    await this.#host.call('setWeights', Promise.resolve({ args: [flat], buffers }));
  }

  /** The optimizer's step size at its present step. */
  async getLearningRate(): Promise<number> {
    this.#compiledSpec('getLearningRate');
    return this.#host.call('learningRate', []);
  }

  /** Sets the optimizer's step size; replaces a schedule. */
  async setLearningRate(value: number): Promise<void> {
    this.#compiledSpec('setLearningRate');
    await this.#host.call('setLearningRate', [positive('setLearningRate', value, true)]);
  }

  /** A table of the layers, their output shapes and numbers of parameters. */
  summary(): string {
    return summaryTable(this.name, this.spec);
  }

  /** What the engine says about itself: layers, weights, memory, arithmetic. Starts it. */
  describe(): Promise<Description> {
    return this.#host.call('describe', []);
  }

  /** One safetensors file with configuration, weights, optimizer, generator and position. */
  async toBytes(options: SaveOptions = {}): Promise<Uint8Array> {
    knownOptions('toBytes', options, ['includeOptimizer']);
    const includeOptimizer = flag('toBytes: includeOptimizer', options.includeOptimizer ?? true);
    return this.#host.call('save', [this.name, plainObject(this.metadata), includeOptimizer]);
  }

  /**
   * Saves the model; during a run too, between two batches.
   * @param place - a path (Node; written to a temporary name, then renamed; links are followed),
   * `indexeddb://name` or `download://name` (browsers), or one of storage.*
   * @throws StorageError where it cannot be written; what was there is unchanged
   */
  async save(place: string | URLLike | Destination, options: SaveOptions = {}): Promise<void> {
    const destination = destinationOf(place);
    await destination.write(await this.toBytes(options));
  }

  /** Ends the engine and frees everything; pending calls reject. Doing it again does nothing. */
  async dispose(): Promise<void> {
    collected.unregister(this);
    await this.#host.dispose();
  }

  /** The same as `dispose`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #compiledSpec(call: string): CompileSpec {
    if (this.#compiled === null) throw new StateError(`${call}: call compile first`);
    return this.#compiled;
  }

  async #evaluateStream(source: BatchSource, options: CallOptions): Promise<Logs> {
    const closing = new AbortController();
    const pack = (x: unknown, y: unknown, where: string) => this.#pair(x, y, where);
    const pump = new StreamPump({ evaluate: source }, pack, this.#host.lend, closing.signal);
    const call = (flag?: Int32Array) => this.#host.call('evaluateStream', [pump.read, flag]);
    try {
      return await abortable(options, call);
    } finally {
      closing.abort(new AbortError('The evaluation has ended'));
      pump.close();
    }
  }

  #input(x: unknown, where: string): Packed {
    const shape = this.#inputShape;
    return pack(x, {
      where,
      shape,
      advice: (sizes, kind) => inputAdvice(shape, sizes, kind),
    });
  }

  /** Inputs and targets as arguments of a call, ready to cross. */
  async #lendPair<A>(
    x: unknown,
    y: unknown,
    args: (batch: Batch) => A,
  ): Promise<{ args: A; buffers: ArrayBuffer[] }> {
    const { batch, buffers } = await lendBatch(this.#host.lend, this.#pair(x, y, ''));
    return { args: args(batch), buffers };
  }

  /** Packs inputs and targets; sparse targets have one class number where the output has classes. */
  #pair(x: unknown, y: unknown, prefix: string): Batch {
    const [nameX, nameY] = prefix === '' ? ['x', 'y'] : [`${prefix}: x`, `${prefix}: y`];
    const input = this.#input(x, nameX);
    const compiled = this.#compiled ?? undefined;
    const sparse = compiled?.loss.type === 'sparseCategoricalCrossentropy';
    const shape = sparse ? [...this.#outputShape.slice(0, -1), 1] : this.#outputShape;
    const units = this.#outputShape.at(-1) ?? 1;
    const advice = (sizes: readonly number[]) =>
      compiled && targetAdvice(compiled.loss, shape.length + 1, units, sizes);
    const target = pack(y, { where: nameY, shape, advice });
    checkPair(input, target, [nameX, nameY]);
    const batch = { inputs: [input], targets: [target] };
    if (compiled) checkTargets(nameY, batch, compiled, units, this.#warn);
    return batch;
  }
}

/** What is saved with a model: plain JSON data. */
function plainObject(metadata: unknown): Record<string, unknown> {
  try {
    const plain: unknown = JSON.parse(JSON.stringify(metadata));
    if (typeof plain === 'object' && plain !== null) return plain as Record<string, unknown>;
  } catch (cause) {
    throw new DataError('metadata: expected plain data that JSON can hold', { cause });
  }
  throw new DataError(`metadata: expected a plain object, got ${show(metadata)}`);
}
