import { SpecError, UnrolledError } from '../errors.ts';
import { currentConfig, onInit, type WasmSource } from './config.ts';
import type { Flavour } from './flavour.ts';
import { forbidden } from './forbidden.ts';
import { unpack } from './unpack.ts';

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
  const source = await (typeof given === 'function' ? given() : (given ?? inside(flavour)));
  if (source instanceof WebAssembly.Module) return source;
  const bytes = await bytesOf(source);
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw (
      forbidden(cause) ??
      new UnrolledError(
        'The wasm engine could not be compiled: expected the wasm file of this version, as it is',
        { cause },
      )
    );
  }
}

async function bytesOf(source: WasmSource): Promise<BufferSource> {
  if (typeof source !== 'string' && !(source instanceof URL)) {
    // By what it can do: not every place with WebAssembly has a Response.
    return 'arrayBuffer' in source ? source.arrayBuffer() : (source as BufferSource);
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

/** The wasm file that comes with the library; a bundle has the second one only if asked for. */
async function inside(flavour: Flavour): Promise<BufferSource> {
  if (flavour === 'simd128') {
    return unpack((await import('../generated/wasm-simd128.ts')).default);
  }
  const file = await (await import('./relaxedFile.ts')).relaxedFile();
  if (file !== undefined) return file;
  throw new SpecError(
    "arithmetic: 'fast' needs the second wasm file, which is bundled only if asked for: import fast from 'unrolled/fast'; init({ wasm: { fast } })",
  );
}
