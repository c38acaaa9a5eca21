/** The two builds of the wasm engine. */
export type Flavour = 'simd128' | 'relaxed';

/** `f32x4.relaxed_madd` and nothing else: validates where the engine has relaxed simd. */
const relaxedProbe = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0,
  32, 0, 32, 1, 32, 2, 253, 133, 2, 11,
]);

/** Picks the build: `fast` takes relaxed simd where there is one. */
export function flavourOf(arithmetic: 'exact' | 'fast'): Flavour {
  return arithmetic === 'fast' && WebAssembly.validate(relaxedProbe) ? 'relaxed' : 'simd128';
}
