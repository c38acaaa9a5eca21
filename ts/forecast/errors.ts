import { UnrolledError } from '../index.ts';

/** A series or a saved model cannot be forecast with. The message says which and why. */
export class ForecastError extends UnrolledError {
  override name = 'ForecastError' as const;
}

/** Whether `error` is a {@link ForecastError}, by name. */
export const isForecastError = (error: unknown): error is ForecastError =>
  error instanceof Error && error.name === 'ForecastError';
