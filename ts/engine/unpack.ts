/**
 * Bytes of a wasm file that lies inside the library.
 * @param inside - base64 of gzip; the CommonJS build has the bytes themselves
 */
export async function unpack(
  inside: string | Uint8Array<ArrayBuffer>,
): Promise<ArrayBuffer | Uint8Array<ArrayBuffer>> {
  if (typeof inside !== 'string') return inside;
  const packed = Uint8Array.from(atob(inside), (letter) => letter.charCodeAt(0));
  // Of Node where there is one: test environments put a Blob without streams in front of Node's own.
  const zlib = globalThis.process?.getBuiltinModule?.('node:zlib');
  if (zlib !== undefined) return zlib.gunzipSync(packed);
  return new Response(
    new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')),
  ).arrayBuffer();
}
