import { show } from '../check.ts';
import type { Description } from '../engine/engine.ts';
import { CheckpointError } from '../errors.ts';
import { named } from './measure.ts';
import type { SavedMetadata, TrainingState } from './protocol.ts';

/** Checks a value of a file and gives it its type; `at` is its place. */
type Check<T> = (value: unknown, at: string) => T;

function refuse(at: string, expected: string, value: unknown): never {
  throw new CheckpointError(`checkpoint: ${at}: expected ${expected}, got ${show(value)}`);
}

/** Largest number of an epoch, of a batch and the like: a permutation counts in 32 bits. */
const LARGEST = 2 ** 32 - 1;

const whole =
  (least = 0): Check<number> =>
  (value, at) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= LARGEST
      ? (value as number)
      : refuse(at, `a whole number from ${least} to ${LARGEST}`, value);

const number: Check<number> = (value, at) =>
  typeof value === 'number' ? value : refuse(at, 'a number', value);

/** NaN and infinity are `null` in JSON. */
const logged: Check<number> = (value, at) => (value === null ? Number.NaN : number(value, at));

const flag: Check<boolean> = (value, at) =>
  typeof value === 'boolean' ? value : refuse(at, 'true or false', value);

const text: Check<string> = (value, at) =>
  typeof value === 'string' ? value : refuse(at, 'a text', value);

const plain: Check<Record<string, unknown>> = (value, at) =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : refuse(at, 'an object', value);

const orNull =
  <T>(check: Check<T>): Check<T | null> =>
  (value, at) =>
    value === null ? null : check(value, at);

const list =
  <T>(check: Check<T>): Check<T[]> =>
  (value, at) =>
    Array.isArray(value)
      ? value.map((item, i) => check(item, `${at}[${i}]`))
      : refuse(at, 'a list', value);

/** An object with these fields and no others; `optional` ones may be missing. */
const fields =
  <T extends object>(checks: { readonly [K in keyof T]-?: Check<T[K]> }): Check<T> =>
  (value, at) => {
    const given = plain(value, at);
    const unknown = Object.keys(given).find((key) => !Object.hasOwn(checks, key));
    if (unknown !== undefined) refuse(at, `only ${Object.keys(checks).join(', ')}`, unknown);
    const read = Object.entries<Check<unknown>>(checks).map(([key, check]) => [
      key,
      check(Object.hasOwn(given, key) ? given[key] : undefined, `${at}.${key}`),
    ]);
    return Object.fromEntries(read) as T;
  };

const or =
  <T>(check: Check<T>, otherwise: T): Check<T> =>
  (value, at) =>
    value === undefined ? otherwise : check(value, at);

/** Loss and metrics by these names, as in a history. */
const logs =
  (names: readonly string[]): Check<Record<string, number>> =>
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
function position(names: readonly string[]): Check<TrainingState> {
  const shape = fields<TrainingState>({
    epoch: whole(),
    batch: whole(),
    order: whole(),
    trained: orNull(list(logged)),
    examples: orNull(whole(1)),
    batchSize: whole(1),
    shuffle: flag,
    history: list(fields({ epoch: whole(), logs: logs(names) })),
    stopping: list(fields({ best: orNull(number), bestEpoch: orNull(whole()), wait: whole() })),
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
  const saved = fields<SavedMetadata>({
    name: or(text, 'sequential'),
    metadata: or(plain, {}),
    training: or(orNull(position(metrics)), null),
  });
  return saved(typeof metadata === 'string' ? parse(metadata) : metadata, 'metadata');
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
