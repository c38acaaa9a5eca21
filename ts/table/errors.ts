import { UnrolledError } from '../errors.ts';

/** A table cannot be read as it was asked for. The message names the table and, where there is one, the line. */
export class TableError extends UnrolledError {
  override name = 'TableError' as const;
}

/** Whether `error` is a {@link TableError}, by name. */
export const isTableError = (error: unknown): error is TableError =>
  error instanceof Error && error.name === 'TableError';
