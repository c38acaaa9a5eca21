import { knownOptions } from '../check.ts';
import type { ModuleLike, ResponseLike, URLLike } from '../platform.ts';

/** Bytes of a wasm file, or where to get them. */
export type WasmSource =
  string | URLLike | ArrayBuffer | ArrayBufferView | ResponseLike | ModuleLike;

/** A Web Worker, as far as it is needed. */
export interface WebWorkerLike {
  /** Sends a message. */
  postMessage(message: unknown, transfer: object[]): void;
  /** Listens to messages and errors. */
  addEventListener(type: string, listener: (event: object) => void): void;
  /** Listens no more. */
  removeEventListener(type: string, listener: (event: object) => void): void;
  /** Ends it. */
  terminate(): void;
}

/** A worker of Node's worker_threads, as far as it is needed. */
export interface NodeWorkerLike {
  /** Sends a message. */
  postMessage(message: unknown, transfer?: readonly unknown[]): void;
  /** Listens to messages, errors and its end. */
  on(type: string, listener: (value: unknown) => void): unknown;
  /** Listens no more. */
  off(type: string, listener: (value: unknown) => void): unknown;
  /** Keeps the process alive. */
  ref(): void;
  /** Lets the process end. */
  unref(): void;
  /** Ends it. */
  terminate(): Promise<number>;
}

/** Either kind of worker. */
export type WorkerLike = WebWorkerLike | NodeWorkerLike;

/** Options of {@link init}. */
export interface InitOptions {
  /**
   * The wasm files. `exact` is `unrolled/wasm/simd128.wasm`, where the one inside the library is not
   * wanted. `fast` is what `unrolled/fast` exports, or `unrolled/wasm/relaxed.wasm`: a bundle has it
   * only if asked for; Node finds it by itself. @default inside the library
   */
  readonly wasm?: {
    /** Plain SIMD, for `arithmetic: 'exact'`. */
    readonly exact?: WasmSource | (() => WasmSource | Promise<WasmSource>);
    /** Relaxed SIMD, for `arithmetic: 'fast'`. */
    readonly fast?: WasmSource | (() => WasmSource | Promise<WasmSource>);
  };
  /**
   * Makes a worker that runs `unrolled/worker`, a classic script that runs as a module too, where the
   * code inside the library cannot be used: a page whose Content-Security-Policy forbids `blob:`
   * workers.
   * @default a worker from the code inside the library
   */
  readonly worker?: () => WorkerLike;
}

let config: InitOptions = {};

/** What {@link init} was given. */
export const currentConfig = (): InitOptions => config;

const listeners = new Set<() => void>();

/** Calls back whenever the configuration changes. */
export function onInit(listener: () => void): void {
  listeners.add(listener);
}

/**
 * Tells the library where its wasm files and its worker are, before the first model starts. Not
 * needed where the defaults work. Each call replaces what the call before it said.
 */
export function init(options: InitOptions): void {
  knownOptions('init', options, ['wasm', 'worker']);
  config = { ...options };
  for (const listener of listeners) listener();
}
