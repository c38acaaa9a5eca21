import { UnrolledError } from '../errors.ts';

/** The two builds of the wasm engine. */
export type Flavour = 'simd128' | 'relaxed';

/** `f32x4.relaxed_madd` and nothing else: validates where the engine has relaxed simd. */
const relaxedProbe = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 123, 123, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0,
  32, 0, 32, 1, 32, 2, 253, 133, 2, 11,
]);

/** The same for simd128: `i8x16.popcnt`. */
const simdProbe = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15,
  253, 98, 11,
]);

/**
 * Picks the build: `fast` takes relaxed simd where there is one.
 * @throws UnrolledError where there is no WebAssembly, or one without simd
 */
export function flavourOf(arithmetic: 'exact' | 'fast'): Flavour {
  const { WebAssembly } = globalThis;
  if (WebAssembly === undefined) {
    throw new UnrolledError(
      'There is no WebAssembly here: it is switched off (by `node --jitless`, Lockdown Mode and the like), or this engine is too old',
    );
  }
  if (arithmetic === 'fast' && WebAssembly.validate(relaxedProbe)) return 'relaxed';
  if (WebAssembly.validate(simdProbe)) return 'simd128';
  throw new UnrolledError(
    'This engine has WebAssembly without SIMD, which is needed: Chromium 91, Firefox 89, Safari 16.4, Node 16.4 or newer',
  );
}
