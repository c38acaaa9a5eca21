import { StateError } from '../errors.ts';
import { freshStopping } from './earlyStopping.ts';
import type { TrainingState } from './protocol.ts';
import type { LoadedRequest } from './request.ts';

/** Where a run starts: anew, or where the saved one stopped. */
export function beginState(before: TrainingState | null, request: LoadedRequest): TrainingState {
  if (request.resume) return resumed(before, request);
  const { initialEpoch, batchSize, shuffle, earlyStopping } = request;
  const interrupted = before !== null && (before.batch > 0 || before.trained !== null);
  return {
    epoch: initialEpoch,
    batch: 0,
    order: before === null ? initialEpoch : before.order + (interrupted ? 1 : 0),
    trained: null,
    examples: request.examples,
    batchSize,
    shuffle,
    history: [],
    stopping: earlyStopping.map(freshStopping),
  };
}

function resumed(before: TrainingState | null, request: LoadedRequest): TrainingState {
  if (before === null) {
    throw new StateError(
      'fit: resume: expected a model that was saved during or after fit, with its optimizer',
    );
  }
  const now = {
    'number of training examples': [before.examples, request.examples],
    batchSize: [before.batchSize, request.batchSize],
    shuffle: [before.shuffle, request.shuffle],
    'number of earlyStopping callbacks': [before.stopping.length, request.earlyStopping.length],
  } as const;
  for (const [what, [expected, got]] of Object.entries(now)) {
    if (expected !== got) {
      throw new StateError(
        `fit: resume: expected the ${what} of the interrupted run, ${expected}, got ${got}`,
      );
    }
  }
  // Records are never changed; the rest is.
  return {
    ...before,
    history: [...before.history],
    stopping: before.stopping.map((memory) => ({ ...memory })),
  };
}
