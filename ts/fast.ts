import { unpack } from './engine/unpack.ts';

/**
 * The wasm file of `arithmetic: 'fast'`, inside the bundle of whoever asks for it:
 * `init({ wasm: { fast } })`.
 */
const fast = async (): Promise<ArrayBuffer | ArrayBufferView> =>
  unpack((await import('./generated/wasm-relaxed.ts')).default);

export default fast;
