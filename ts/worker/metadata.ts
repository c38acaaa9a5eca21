import { show } from '../check.ts';
import type { Description } from '../engine/engine.ts';
import { CheckpointError } from '../errors.ts';
import {
  flag,
  list,
  number,
  only,
  or,
  plain,
  type Reader,
  readAs,
  refuse,
  text,
  whole,
} from '../fields.ts';
import { named } from './measure.ts';
import type { SavedMetadata, TrainingState } from './protocol.ts';

/** Largest number of an epoch, of a batch and the like: a permutation counts in 32 bits. */
const LARGEST = 2 ** 32 - 1;

const count = (least = 0): Reader<number> => whole(least, LARGEST);

/** NaN and infinity are `null` in JSON. */
const logged: Reader<number> = (value, at) => (value === null ? Number.NaN : number(value, at));

const orNull =
  <T>(read: Reader<T>): Reader<T | null> =>
  (value, at) =>
    value === null ? null : read(value, at);

/** Loss and metrics by these names, as in a history. */
const logs =
  (names: readonly string[]): Reader<Record<string, number>> =>
  (value, at) => {
    const known = Object.keys({ ...named(names, []), ...named(names, [], 'val') });
    return Object.fromEntries(
      Object.entries(plain(value, at)).map(([key, item]) => {
        if (!known.includes(key)) refuse(at, `only ${known.join(', ')}`, key);
        return [key, logged(item, `${at}.${key}`)];
      }),
    );
  };

/** Where a run stands. What `beginState` compares with the new run's options is not checked here. */
function position(names: readonly string[]): Reader<TrainingState> {
  const shape = only<TrainingState>({
    epoch: count(),
    batch: count(),
    order: count(),
    trained: orNull(list(logged)),
    examples: orNull(count(1)),
    batchSize: count(1),
    shuffle: flag,
    history: list(only({ epoch: count(), logs: logs(names) })),
    stopping: list(only({ best: orNull(number), bestEpoch: orNull(count()), wait: count() })),
  });
  return (value, at) => {
    const state = shape(value, at);
    const { batch, batchSize, examples, trained } = state;
    const most = examples === null ? LARGEST : Math.ceil(examples / batchSize);
    if (batch > most) refuse(`${at}.batch`, `at most ${most}, the batches of an epoch`, batch);
    if (trained !== null && trained.length !== names.length)
      refuse(`${at}.trained`, `${names.length} numbers, of ${names.join(', ')}`, trained);
    return state;
  };
}

/**
 * Reads what `save` wrote into a checkpoint; null for a file without it.
 * @param description - of the model in the file
 * @throws {CheckpointError} that names the field that is wrong
 */
export function readMetadata({
  metadata,
  metrics,
}: Pick<Description, 'metadata' | 'metrics'>): SavedMetadata | null {
  if (metadata === null) return null;
  const saved = only<SavedMetadata>({
    name: or(text, 'sequential'),
    metadata: or(plain, {}),
    training: or(orNull(position(metrics)), null),
  });
  return readAs(
    () => saved(typeof metadata === 'string' ? parse(metadata) : metadata, 'metadata'),
    ({ at, expected, value }) =>
      new CheckpointError(`checkpoint: ${at}: expected ${expected}, got ${show(value)}`),
  );
}

/** Metadata are JSON in a JSON string, so that numbers come back as they were. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new CheckpointError(
      `checkpoint: metadata: expected JSON, got ${show(json.slice(0, 40))}`,
      {
        cause,
      },
    );
  }
}
