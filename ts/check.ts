import { SpecError } from './errors.ts';

/** How a value is shown in an error message; arrays and objects down to a few levels. */
export function show(value: unknown, levels = 4): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === 'function') return 'a function (not called)';
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) {
    if (value.length > 8 || levels === 0) return `an array of ${value.length}`;
    return `[${value.map((item) => show(item, levels - 1)).join(', ')}]`;
  }
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Promise) return 'a promise (await it)';
  if ('shape' in value && Array.isArray(value.shape))
    return `a tensor of shape ${show(value.shape)}`;
  if (ArrayBuffer.isView(value) && 'length' in value)
    return `a ${value.constructor.name} of ${show(value.length)}`;
  return 'type' in value && levels > 0
    ? `an object of type ${show(value.type, levels - 1)}`
    : 'an object';
}

/** Refuses a value of a description. */
export function fail(where: string, expected: string, value: unknown, advice = ''): never {
  throw new SpecError(`${where}: expected ${expected}, got ${show(value)}${advice}`);
}

/** A whole number of at least `least`, and at most `most`. */
export function wholeNumber(where: string, value: unknown, least = 1, most?: number): number {
  const fits = typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
  if (fits && value <= (most ?? value)) return value;
  const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
  return fail(where, `a whole number ${range}`, value);
}

/** Most units or features of a layer; crates/unrolled-core has the same bound. */
export const MOST_FEATURES = 2 ** 24 - 1;

/**
 * A number that fits. The engine computes in 32 bits, so what these make of it must fit; the bounds
 * here are those of crates/unrolled-spec/src/bounds.rs.
 */
function number(
  where: string,
  expected: string,
  value: unknown,
  fits: (x: number) => boolean,
): number {
  if (typeof value !== 'number') return fail(where, expected, value);
  const narrow = Math.fround(value);
  if (fits(narrow)) return value;
  return fail(where, expected, value, fits(value) ? ` (${narrow} in 32 bits)` : '');
}

/** A number that is neither NaN nor infinite. */
export const finite = (where: string, value: unknown): number =>
  number(where, 'a finite number', value, Number.isFinite);

/** A finite number above zero, or from zero on when `orZero`. */
export function positive(where: string, value: unknown, orZero = false): number {
  const expected = orZero ? 'a number of at least 0' : 'a number above 0';
  return number(where, expected, value, (x) => (orZero ? x >= 0 : x > 0) && x < Infinity);
}

/** A share in [0, 1). */
export const share = (where: string, value: unknown): number =>
  number(where, 'a number from 0 up to, but not including, 1', value, (x) => x >= 0 && x < 1);

/** A number in a range, its ends included. */
export function between(where: string, value: unknown, least: number, most: number): number {
  const fits = (x: number) => x >= least && x <= Math.fround(most);
  return number(where, `a number from ${least} to ${most}`, value, fits);
}

/** A boolean. */
export function flag(where: string, value: unknown): boolean {
  return typeof value === 'boolean' ? value : fail(where, 'true or false', value);
}

/** A text of at least one character. */
export function text(where: string, value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : fail(where, 'a text', value);
}

/** A function, or nothing. */
export function callable(where: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function') fail(where, 'a function', value);
}

/** One of the given names. */
export function oneOf<const T extends string>(
  where: string,
  value: unknown,
  names: readonly T[],
): T {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  const near = names.find((name) => typeof value === 'string' && similar(name, value));
  const advice = near === undefined ? '' : `; did you mean ${show(near)}?`;
  return fail(where, `one of ${names.map((name) => show(name)).join(', ')}`, value, advice);
}

/** Refuses options that do not exist, so that a typing error is not silently ignored. */
export function knownOptions(where: string, options: object, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null)
    fail(where, `options { ${known.join(', ')} }`, options);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new SpecError(`${where}: unknown option ${show(key)}${hint(key, known, 'options')}`);
  }
}

/** What may have been meant by a name that nobody knows. */
export function hint(name: string, known: readonly string[], what: string): string {
  const near = known.find((other) => similar(other, name));
  return near ? `; did you mean ${show(near)}?` : `; known ${what}: ${known.join(', ')}`;
}

/** Makes plain data anew by the function that its type names: somebody may have edited it. */
export function remade<T extends { readonly type: string }>(
  where: string,
  builders: { readonly [type: string]: (options: never) => T },
  { type, ...options }: T,
): T {
  const fresh = (builders[type] as (options: object) => T)(options);
  knownOptions(where, options, Object.keys(fresh));
  return fresh;
}

/** Whether two names differ by case, separators or a letter or two at the end. */
export function similar(a: string, b: string): boolean {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const [x, y] = [plain(a), plain(b)];
  if (x === y) return true;
  const [short, long] = x.length < y.length ? [x, y] : [y, x];
  if (short.length >= 4 && long.startsWith(short)) return true;
  let start = 0;
  while (start < short.length && short[start] === long[start]) start++;
  let end = 0;
  while (end < short.length - start && short.at(-1 - end) === long.at(-1 - end)) end++;
  return long.length - start - end <= 2 && start + end >= 3;
}
