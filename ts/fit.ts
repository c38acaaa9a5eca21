import { show } from './check.ts';
import { type CheckedFit, checkMonitors } from './fitOptions.ts';
import type { EngineHost, Prepared } from './host.ts';
import { Run } from './run.ts';
import type { CompileSpec } from './spec.ts';
import { type BatchSource, isBatchSource, type Packer, StreamPump } from './streams.ts';
import { isTensor } from './tensor.ts';
import { lendBatch } from './transfer.ts';
import { examplesOf } from './worker/data.ts';
import { DataError } from './errors.ts';
import type {
  Batch,
  FitListener,
  FitRequest,
  StreamReader,
  Validation,
} from './worker/protocol.ts';

/** What is trained on, or measured. */
export type Examples =
  { readonly x: unknown; readonly y: unknown } | { readonly stream: BatchSource };

/** Tells the arguments of `call`, `(x, y, options)` or `(batches, options)`, apart. */
export function examplesAndOptions<Options>(
  call: string,
  first: unknown,
  second: unknown,
  third: Options | undefined,
): { data: Examples; options: Options } {
  const hasTargets = Array.isArray(second) || ArrayBuffer.isView(second) || isTensor(second);
  if (hasTargets || third !== undefined)
    return { data: { x: first, y: second }, options: third ?? ({} as Options) };
  if (!isBatchSource(first)) {
    throw new DataError(
      `${call}: expected x and y, or a stream of batches [x, y], got ${show(first)} alone`,
    );
  }
  return { data: { stream: first }, options: (second ?? {}) as Options };
}

/** What a run needs of its model. */
export interface RunPlan {
  readonly host: EngineHost;
  readonly data: Examples;
  readonly options: CheckedFit;
  readonly compile: CompileSpec;
  readonly pack: Packer;
}

/** Starts a run; whatever is wrong with the data rejects it. */
export function startRun(plan: RunPlan): Run {
  const { host, options, pack } = plan;
  const streams = streamsOf(plan);
  // Held until the data have been handed over, and no longer.
  let given: RunPlan | undefined = plan;
  return new Run({
    callbacks: options.callbacks,
    signal: options.signal,
    closing: host.closing,
    send: (directive) => host.send('control', [directive]),
    // Not an async function: its frame would keep the data.
    perform(listener, flag, run) {
      const pump = new StreamPump(streams, pack, host.lend, run.closing);
      const prepared = prepare(given as RunPlan, flag, listener, pump.read);
      given = undefined;
      return host.call('fit', prepared).finally(() => pump.close());
    },
  });
}

const streamsOf = ({ data, options: { validationStream } }: RunPlan) => ({
  ...('stream' in data ? { train: data.stream } : {}),
  ...(validationStream === undefined ? {} : { validation: validationStream }),
});

/** The arguments of the run's call, ready to cross. */
async function prepare(
  { host, data, options, compile, pack }: RunPlan,
  flag: Int32Array | undefined,
  listener: FitListener,
  read: StreamReader,
): Promise<Prepared<'fit'>> {
  if (!('stream' in data) && options.stepsPerEpoch !== undefined) {
    throw new DataError('fit: stepsPerEpoch: expected a stream of batches, got arrays');
  }
  const batch = 'stream' in data ? undefined : pack(data.x, data.y, '');
  const validation = buildValidation(options, batch, pack);
  const names = ['loss', ...compile.metrics.map(({ type }) => type)];
  const val = names.map((name) => `val${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  checkMonitors(options.earlyStopping, validation.kind === 'none' ? names : [...names, ...val]);
  const buffers: ArrayBuffer[] = [];
  const give = async (of: Batch): Promise<Batch> => {
    const lent = await lendBatch(host.lend, of);
    buffers.push(...lent.buffers);
    return lent.batch;
  };
  const { epochs, initialEpoch, batchSize, shuffle, earlyStopping, resume } = options;
  const { stepsPerEpoch, progressInterval, callbacks } = options;
  const request: FitRequest = {
    ...(batch === undefined ? {} : { data: await give(batch) }),
    validation:
      validation.kind === 'batch'
        ? { kind: 'batch', batch: await give(validation.batch) }
        : validation,
    epochs,
    initialEpoch,
    batchSize,
    shuffle,
    earlyStopping,
    resume,
    epochBegin: callbacks.some(({ onEpochBegin }) => onEpochBegin !== undefined),
    ...(stepsPerEpoch === undefined ? {} : { stepsPerEpoch }),
    ...(progressInterval === undefined ? {} : { progressInterval }),
    ...(flag === undefined ? {} : { flag }),
  };
  return { args: [request, listener, read], buffers };
}

function buildValidation(options: CheckedFit, batch: Batch | undefined, pack: Packer): Validation {
  const { validationData, validationStream, validationSplit } = options;
  if (validationData !== undefined)
    return { kind: 'batch', batch: pack(...validationData, 'validationData') };
  if (validationStream !== undefined) return { kind: 'stream' };
  if (validationSplit === 0) return { kind: 'none' };
  if (batch === undefined) {
    throw new DataError(
      'fit: validationSplit: expected arrays to split, got a stream; give validationData',
    );
  }
  const total = examplesOf(batch);
  const from = Math.floor(total * (1 - validationSplit));
  if (from < 1 || from >= total) {
    throw new DataError(
      `fit: validationSplit: expected at least one example on each side, got ${from} and ${total - from}`,
    );
  }
  return { kind: 'split', from };
}
