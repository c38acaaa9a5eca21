import { UnrolledError } from '../errors.ts';

/** The error of a page that may not compile wasm, if `cause` says that; browsers differ in the words. */
export function forbidden(cause: unknown): UnrolledError | undefined {
  if (!/content security|\bCSP\b|unsafe-eval/i.test(String(cause))) return undefined;
  return new UnrolledError(
    "The Content-Security-Policy forbids WebAssembly: add 'wasm-unsafe-eval' to its script-src",
    { cause },
  );
}
