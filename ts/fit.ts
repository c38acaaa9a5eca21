import { show } from './check.ts';
import { type CheckedFit, checkMonitors } from './fitOptions.ts';
import type { EngineHost } from './host.ts';
import { Run } from './run.ts';
import type { CompileSpec } from './spec.ts';
import { type BatchSource, isBatchSource, StreamPump } from './streams.ts';
import { isTensor } from './tensor.ts';
import { batchForTransfer } from './transfer.ts';
import { examplesOf } from './worker/data.ts';
import { DataError } from './errors.ts';
import type { Batch, FitRequest, Validation } from './worker/protocol.ts';

/** What is trained on, or measured. */
export type Examples =
  { readonly x: unknown; readonly y: unknown } | { readonly stream: BatchSource };

/** Checks and packs `[x, y]`; `where` goes in front of messages. */
export type Packer = (x: unknown, y: unknown, where: string) => Batch;

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

/** Starts a run; whatever is wrong with the data rejects it. */
export function startRun(
  host: EngineHost,
  prepare: () => {
    readonly data: Examples;
    readonly options: CheckedFit;
    readonly compile: CompileSpec;
  },
  callbacks: Pick<CheckedFit, 'callbacks' | 'signal'>,
  pack: Packer,
): Run {
  return new Run({
    callbacks: callbacks.callbacks,
    signal: callbacks.signal,
    send: (directive) => host.send('control', [directive]),
    async perform(listener, flag, run) {
      const { data, options, compile } = prepare();
      const { request, buffers } = buildRequest(data, options, compile, pack);
      const sources = {
        ...('stream' in data ? { train: data.stream } : {}),
        ...(options.validationStream === undefined ? {} : { validation: options.validationStream }),
      };
      const pump = new StreamPump(sources, pack, run.closing);
      try {
        const shared = flag === undefined ? request : { ...request, flag };
        return await host.call('fit', [shared, listener, pump.read], buffers);
      } finally {
        pump.close();
      }
    },
  });
}

function buildRequest(
  data: Examples,
  options: CheckedFit,
  compile: CompileSpec,
  pack: Packer,
): { request: FitRequest; buffers: ArrayBuffer[] } {
  if (!('stream' in data) && options.stepsPerEpoch !== undefined) {
    throw new DataError('fit: stepsPerEpoch: expected a stream of batches, got arrays');
  }
  const buffers: ArrayBuffer[] = [];
  const give = (batch: Batch): Batch => {
    const ready = batchForTransfer(batch);
    buffers.push(...ready.buffers);
    return ready.batch;
  };
  const batch = 'stream' in data ? undefined : give(pack(data.x, data.y, ''));
  const validation = buildValidation(options, batch, (x, y) => give(pack(x, y, 'validationData')));
  const names = ['loss', ...compile.metrics.map(({ type }) => type)];
  const val = names.map((name) => `val${name.charAt(0).toUpperCase()}${name.slice(1)}`);
  checkMonitors(options.earlyStopping, validation.kind === 'none' ? names : [...names, ...val]);
  const { epochs, initialEpoch, batchSize, shuffle, earlyStopping, resume } = options;
  const { stepsPerEpoch, progressInterval, callbacks } = options;
  return {
    buffers,
    request: {
      ...(batch === undefined ? {} : { data: batch }),
      validation,
      epochs,
      initialEpoch,
      batchSize,
      shuffle,
      earlyStopping,
      resume,
      epochBegin: callbacks.some(({ onEpochBegin }) => onEpochBegin !== undefined),
      ...(stepsPerEpoch === undefined ? {} : { stepsPerEpoch }),
      ...(progressInterval === undefined ? {} : { progressInterval }),
    },
  };
}

function buildValidation(
  options: CheckedFit,
  batch: Batch | undefined,
  give: (x: unknown, y: unknown) => Batch,
): Validation {
  const { validationData, validationStream, validationSplit } = options;
  if (validationData !== undefined) return { kind: 'batch', batch: give(...validationData) };
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
