/**
 * Types of the platform: its own where they are declared (by the DOM library, @types/node and the
 * like), else as much of them as is used here, so that programs without those declarations compile.
 */
type Platform<Name extends string, Otherwise> =
  typeof globalThis extends Record<Name, { prototype: infer Own }> ? Own : Otherwise;

/** Ends calls early. */
export type AbortSignalLike = Platform<
  'AbortSignal',
  {
    readonly aborted: boolean;
    readonly reason: unknown;
    addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
    removeEventListener(type: 'abort', listener: () => void): void;
  }
>;

/** Bytes that may lie in a file. */
export type BlobLike = Platform<'Blob', { arrayBuffer(): Promise<ArrayBuffer> }>;

/** What `fetch` gives. */
export type ResponseLike = Platform<'Response', { arrayBuffer(): Promise<ArrayBuffer> }>;

/** An address. */
export type URLLike = Platform<'URL', { readonly href: string; toString(): string }>;

/** Compiled WebAssembly. */
export type ModuleLike = typeof globalThis extends {
  WebAssembly: { Module: { prototype: infer M } };
}
  ? M
  : object;
