import { currentConfig } from '../engine/config.ts';
import { UnrolledError } from '../errors.ts';

/** The directive of the page's policy that forbade a worker: the page hears of it, the worker does not. */
let forbade: string | undefined;

const note = (event: Event) => {
  const { effectiveDirective } = event as SecurityPolicyViolationEvent;
  if (/^(worker|child)-src/.test(effectiveDirective)) forbade = effectiveDirective;
};

/** Listens to what the page's policy forbids; to be called before a worker is started. */
export function watchPolicy(): void {
  forbade = undefined;
  // The same listener twice is one.
  globalThis.addEventListener?.('securitypolicyviolation', note);
}

const onThisThread = "compute on this thread, with thread: 'main'";

/**
 * The error of a worker that could not be started: what stood in its way, and what to do.
 * @param cause - what the constructor threw, or the `error` event that came instead of an answer
 */
export function blockedWorker(cause: unknown): UnrolledError {
  return new UnrolledError(`The worker could not be started: ${reason(cause)}`, { cause });
}

function reason(cause: unknown): string {
  const { code, message } = cause as { readonly code?: unknown; readonly message?: unknown };
  if (code === 'ERR_ACCESS_DENIED') {
    return `Node's permission model forbids it. Start Node with --allow-worker, or ${onThisThread}`;
  }
  const own = currentConfig().worker !== undefined;
  const said = typeof message === 'string' && message !== '' ? ` (${message})` : '';
  if (forbade !== undefined) {
    return `the Content-Security-Policy of this page forbids it, in ${forbade}. ${
      own
        ? `Allow the address that init({ worker }) uses, or ${onThisThread}`
        : `Allow blob: in worker-src, or give a file of your own with init({ worker }), or ${onThisThread}`
    }`;
  }
  if (own) {
    return `what init({ worker }) made failed${said}. Check that its address is served from this page's origin, as unrolled/worker, or ${onThisThread}`;
  }
  const { origin, protocol } = globalThis.location ?? {};
  const place =
    protocol === 'file:'
      ? 'a page opened from disk'
      : origin === 'null'
        ? 'a sandboxed frame'
        : 'this page';
  return `${place} may not start one from blob:${said}. Give a file of your own with init({ worker }), or ${onThisThread}`;
}
