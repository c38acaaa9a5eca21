import { SpecError } from './errors.ts';

/** How a value is shown in an error message. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value))
    return value.length > 8 ? `an array of ${value.length}` : `[${value.map(show).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return 'type' in value ? `an object of type ${show(value.type)}` : 'an object';
  }
  return String(value);
}

function fail(where: string, expected: string, value: unknown): never {
  throw new SpecError(`${where}: expected ${expected}, got ${show(value)}`);
}

/** A whole number of at least `least`. */
export function wholeNumber(where: string, value: unknown, least = 1): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
  return fail(where, `a whole number of at least ${least}`, value);
}

/** A number that is neither NaN nor infinite. */
export function finite(where: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return fail(where, 'a finite number', value);
}

/** A finite number above zero, or from zero on when `orZero`. */
export function positive(where: string, value: unknown, orZero = false): number {
  if (typeof value === 'number' && Number.isFinite(value) && (orZero ? value >= 0 : value > 0))
    return value;
  return fail(where, orZero ? 'a number of at least 0' : 'a number above 0', value);
}

/** A share in [0, 1). */
export function share(where: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < 1) return value;
  return fail(where, 'a number from 0 up to, but not including, 1', value);
}

/** A boolean. */
export function flag(where: string, value: unknown): boolean {
  return typeof value === 'boolean' ? value : fail(where, 'true or false', value);
}

/** One of the given names. */
export function oneOf<const T extends string>(
  where: string,
  value: unknown,
  names: readonly T[],
): T {
  const found = names.find((name) => name === value);
  return found ?? fail(where, `one of ${names.map(show).join(', ')}`, value);
}

/** Refuses options that do not exist, so that a typing error is not silently ignored. */
export function knownOptions(where: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const near = known.find((name) => similar(name, key));
    const hint = near ? `; did you mean ${show(near)}?` : `; known options: ${known.join(', ')}`;
    throw new SpecError(`${where}: unknown option ${show(key)}${hint}`);
  }
}

/** Whether two names differ by case, separators or a letter or two at the end. */
function similar(a: string, b: string): boolean {
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
