/** Reads a value that comes from others, such as a field of a file: gives it its type, or throws a {@link Misfit}. */
export type Reader<T> = (value: unknown, at: string) => T;

/** A value that is not what was expected. Whoever reads a file makes an error of its own of it. */
export class Misfit extends Error {
  readonly at: string;
  readonly expected: string;
  readonly value: unknown;

  constructor(at: string, expected: string, value: unknown) {
    super(`${at}: expected ${expected}`);
    this.at = at;
    this.expected = expected;
    this.value = value;
  }
}

export function refuse(at: string, expected: string, value: unknown): never {
  throw new Misfit(at, expected, value);
}

/** Reads, and gives a {@link Misfit} to `explain` for the error to throw. */
export function readAs<T>(read: () => T, explain: (misfit: Misfit) => Error): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof Misfit ? explain(error) : error;
  }
}

/** A value for which `fits` holds. */
export const that =
  <T>(expected: string, fits: (value: unknown) => boolean): Reader<T> =>
  (value, at) =>
    fits(value) ? (value as T) : refuse(at, expected, value);

export const number = that<number>('a number', (value) => typeof value === 'number');
export const flag = that<boolean>('true or false', (value) => typeof value === 'boolean');
export const text = that<string>('a text', (value) => typeof value === 'string');
export const plain = that<Record<string, unknown>>(
  'an object',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

export const whole = (least: number, most: number): Reader<number> =>
  that(
    `a whole number from ${least} to ${most}`,
    (value) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  );

export const list =
  <T>(read: Reader<T>): Reader<T[]> =>
  (value, at) =>
    Array.isArray(value)
      ? value.map((item, i) => read(item, `${at}[${i}]`))
      : refuse(at, 'a list', value);

/** What may be missing: then it is `otherwise`. */
export const or =
  <T, O>(read: Reader<T>, otherwise: O): Reader<T | O> =>
  (value, at) =>
    value === undefined ? otherwise : read(value, at);

/** An object with these fields; a field that reads as undefined is left out, and so are others. */
export const object =
  <T extends object>(fields: { readonly [K in keyof T]-?: Reader<T[K] | undefined> }): Reader<T> =>
  (value, at) => {
    const given = plain(value, at);
    const read = Object.entries<Reader<unknown>>(fields).map(([name, field]) => [
      name,
      field(Object.hasOwn(given, name) ? given[name] : undefined, `${at}.${name}`),
    ]);
    return Object.fromEntries(read.filter(([, item]) => item !== undefined)) as T;
  };

/** An object with these fields and no others. */
export const only =
  <T extends object>(fields: { readonly [K in keyof T]-?: Reader<T[K]> }): Reader<T> =>
  (value, at) => {
    const unknown = Object.keys(plain(value, at)).find((key) => !Object.hasOwn(fields, key));
    if (unknown !== undefined) refuse(at, `only ${Object.keys(fields).join(', ')}`, unknown);
    return object<T>(fields)(value, at);
  };
