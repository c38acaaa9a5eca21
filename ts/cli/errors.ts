import { isStorageError } from '../index.ts';

/** What the user gave cannot be used: one line on stderr, exit code 2. */
export class UserError extends Error {
  override name = 'UserError' as const;
}

/** Guard by name, so that it also holds for an error that crossed a bundle or worker boundary. */
export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === 'UserError';
}

/** 2 for files and options that cannot be used, else 1. */
export function exitCodeOf(error: unknown): number {
  return isUserError(error) || isStorageError(error) ? 2 : 1;
}

/** Names in a message come from files of others: no line ends, and nothing that moves the cursor. */
export function oneLine(message: string): string {
  return message.replace(/\p{Cc}+/gu, ' ');
}

/** What a call rejects with; undefined if it succeeds. */
export async function failureOf(call: Promise<unknown>): Promise<Error | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** "a, b and c", quoted, shortened after twelve. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 12).join(', ');
  return names.length > 12 ? `${shown} and ${names.length - 12} more` : shown;
}

/** "1 day", "3 days". */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}
