import { UnrolledError } from '../errors.ts';
import { currentConfig, onInit } from './config.ts';
import type { Flavour } from './flavour.ts';

const modules = new Map<Flavour, Promise<WebAssembly.Module>>();
onInit(() => modules.clear());

/** The compiled engine; fetched and compiled once, then shared by all workers. */
export function wasmModule(flavour: Flavour): Promise<WebAssembly.Module> {
  const known = modules.get(flavour);
  if (known !== undefined) return known;
  const compiling = compile(flavour);
  modules.set(flavour, compiling);
  compiling.catch(() => modules.delete(flavour));
  return compiling;
}

async function compile(flavour: Flavour): Promise<WebAssembly.Module> {
  const given = currentConfig().wasm?.[flavour === 'relaxed' ? 'fast' : 'exact'];
  const source = await (typeof given === 'function' ? given() : (given ?? inlined(flavour)));
  if (source instanceof WebAssembly.Module) return source;
  const bytes = await bytesOf(source);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new UnrolledError(
      'The wasm engine could not be compiled: it needs WebAssembly SIMD (Chromium 91, Firefox 89, Safari 16.4, Node 16.4 or newer) and the wasm file of this version',
      { cause },
    );
  }
}

async function bytesOf(source: string | URL | BufferSource | Response): Promise<BufferSource> {
  if (typeof source !== 'string' && !(source instanceof URL)) {
    return source instanceof Response ? source.arrayBuffer() : source;
  }
  const url = String(source);
  const fs = globalThis.process?.getBuiltinModule?.('node:fs/promises');
  if (fs !== undefined && !/^(https?|data|blob):/.test(url)) {
    return fs.readFile(url.startsWith('file:') ? new URL(url) : url) as Promise<
      Uint8Array<ArrayBuffer>
    >;
  }
  const response = await fetch(url);
  if (!response.ok) {
    throw new UnrolledError(`The wasm file could not be fetched from ${url}: ${response.status}`);
  }
  return response.arrayBuffer();
}

/** The wasm file inside the library: base64 of gzip. */
async function inlined(flavour: Flavour): Promise<ArrayBuffer> {
  const { default: base64 } = await (flavour === 'relaxed'
    ? import('../generated/wasm-relaxed.ts')
    : import('../generated/wasm-simd128.ts'));
  const packed = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Response(
    new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')),
  ).arrayBuffer();
}
