import { isForecastError } from '../forecast/index.ts';
import { isStorageError } from '../index.ts';
import { isTableError } from '../table/index.ts';

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
  const guards = [isUserError, isStorageError, isTableError, isForecastError];
  return guards.some((isOurs) => isOurs(error)) ? 2 : 1;
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
