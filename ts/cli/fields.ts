import { UserError } from './errors.ts';

/** Reads a value of a file from others: gives it back if it is what is expected, else throws a UserError. */
export type Reader<T> = (value: unknown, where: string) => T;

/** Says what was expected at a place and what came. */
export function refuse(where: string, expected: string, value: unknown): never {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  throw new UserError(`${where}: expected ${expected}, got ${shown}`);
}

function reader<T>(expected: string, fits: (value: unknown) => boolean): Reader<T> {
  return (value, where) => (fits(value) ? (value as T) : refuse(where, expected, value));
}

export const text = reader<string>('a text', (v) => typeof v === 'string' && v !== '');
export const flag = reader<boolean>('true or false', (v) => typeof v === 'boolean');
export const finite = reader<number>('a number', Number.isFinite);
export const positive = reader<number>(
  'a number above 0',
  (v) => Number.isFinite(v) && Number(v) > 0,
);

/** Above 0 and below 1. */
export const share = reader<number>(
  'a number between 0 and 1',
  (v) => typeof v === 'number' && v > 0 && v < 1,
);

/** A text of this form. */
export const match = (form: RegExp, expected: string): Reader<string> =>
  reader(expected, (v) => typeof v === 'string' && form.test(v));

export const whole = (least: number, most: number): Reader<number> =>
  reader(
    `a whole number from ${least} to ${most}`,
    (v) => Number.isInteger(v) && Number(v) >= least && Number(v) <= most,
  );

export const oneOf = <const T extends string | number>(values: readonly T[]): Reader<T> =>
  reader(values.map((value) => JSON.stringify(value)).join(' or '), (v) =>
    values.some((value) => value === v),
  );

/** What may be missing. */
export const optional =
  <T>(read: Reader<T>): Reader<T | undefined> =>
  (value, where) =>
    value === undefined ? undefined : read(value, where);

/** At most `most` values, each another if `distinct`. */
export const list =
  <T>(read: Reader<T>, { most = Infinity, distinct = false } = {}): Reader<T[]> =>
  (value, where) => {
    if (!Array.isArray(value)) return refuse(where, 'a list', value);
    if (value.length > most) return refuse(where, `at most ${most} values`, value.length);
    const values = value.map((item, i) => read(item, `${where}[${i}]`));
    const twice = values.find((item, i) => values.indexOf(item) !== i);
    if (distinct && twice !== undefined) return refuse(where, 'different values', value);
    return values;
  };

/** Fields that are not asked for are left out. */
export const object =
  <T extends object>(fields: { [K in keyof T]-?: Reader<T[K] | undefined> }): Reader<T> =>
  (value, where) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return refuse(where, 'an object', value);
    }
    const read: Partial<T> = {};
    for (const name of Object.keys(fields) as (keyof T & string)[]) {
      const given: unknown = Object.hasOwn(value, name) ? value[name as never] : undefined;
      const field = fields[name](given, `${where}.${name}`);
      if (field !== undefined) read[name] = field;
    }
    return read as T;
  };
