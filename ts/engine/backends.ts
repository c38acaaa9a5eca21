import type { ModuleLike } from '../platform.ts';
import type { Engine, EngineSource } from './engine.ts';
import { openWasm } from './wasm.ts';

/** What an engine runs on, as data that crosses to where it starts. */
export type Backend = {
  readonly kind: 'wasm';
  /** The compiled build: plain or relaxed SIMD. */
  readonly module: ModuleLike;
};

type Openers = {
  readonly [K in Backend['kind']]: (
    backend: Extract<Backend, { readonly kind: K }>,
    source: EngineSource,
  ) => Engine;
};

/** How an engine of each kind is opened: another backend is a line here and a file beside. */
const openers: Openers = {
  wasm: ({ module }, source) => openWasm(module as WebAssembly.Module, source),
};

/** Opens a model in an engine, in this thread. */
export const openEngine = (backend: Backend, source: EngineSource): Engine =>
  openers[backend.kind](backend, source);
