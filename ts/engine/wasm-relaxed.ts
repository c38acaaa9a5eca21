/** Glue of its own for the relaxed build: the main thread can have instances of both. */
export * as glue from '../../crates/unrolled-wasm/pkg/relaxed/unrolled_wasm.js';
