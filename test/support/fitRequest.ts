import type { Packed } from '../../ts/pack.ts';
import type {
  Answer,
  FinishedEpoch,
  FitEvent,
  FitListener,
  FitRequest,
} from '../../ts/worker/protocol.ts';

/** Examples 0, 1, … as one feature each. */
export const numbers = (count: number): Packed => ({
  data: Float32Array.from({ length: count }, (_, i) => i),
  shape: [count, 1],
  owned: true,
  where: 'x',
});

/** Batches of an epoch of {@link fitRequest}. */
export const BATCHES = 4;

/** A run over ten examples in batches of three. */
export const fitRequest = (changes: Partial<FitRequest> = {}): FitRequest => ({
  data: { inputs: [numbers(10)], targets: [numbers(10)] },
  validation: { kind: 'none' },
  epochs: 2,
  initialEpoch: 0,
  batchSize: 3,
  shuffle: false,
  earlyStopping: [],
  resume: false,
  epochBegin: false,
  ...changes,
});

/** Lets a run go on. */
export const goOn: Answer = { command: 'run', attended: false };

/** Lets a run go on, and wait for the answer after each epoch. */
export const attend: Answer = { command: 'run', attended: true };

/** Collects events; `answer` says how the run goes on. */
export function recorder(answer: FitListener = () => goOn) {
  const events: FitEvent[] = [];
  const listener: FitListener = (event) => {
    events.push(event);
    return answer(event);
  };
  return { events, listener };
}

/** The epochs that events tell of, in order. */
export const finished = (events: readonly FitEvent[]): readonly FinishedEpoch[] =>
  events.flatMap((event) => (event.type === 'epochs' ? event.epochs : []));

/** A stream that is not there. */
export const noStream = () => Promise.resolve(null);
