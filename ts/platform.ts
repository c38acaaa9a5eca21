/**
 * A type of the platform: its own where it is declared (by the DOM library, @types/node and the like),
 * else as much of it as is used here, so that programs without those declarations compile.
 */
export type Platform<Name extends string, Otherwise> =
  typeof globalThis extends Record<Name, { prototype: infer Own }> ? Own : Otherwise;

/** As much of an AbortSignal as is used. */
export interface SignalParts {
  /** Whether it was aborted. */
  readonly aborted: boolean;
  /** Why. */
  readonly reason: unknown;
  /** Listens for the abort. */
  addEventListener(type: 'abort', listener: () => void, options?: object): void;
  /** Listens no more. */
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** As much of a Blob or a Response as is used. */
export interface BytesParts {
  /** The bytes. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** As much of a URL as is used. */
export interface URLParts {
  /** The address. */
  readonly href: string;
  /** The address. */
  toString(): string;
}

/** Ends calls early: an AbortSignal. */
export type AbortSignalLike = Platform<'AbortSignal', SignalParts>;

/** Bytes that may lie in a file: a Blob. */
export type BlobLike = Platform<'Blob', BytesParts>;

/** What `fetch` gives: a Response. */
export type ResponseLike = Platform<'Response', BytesParts>;

/** An address: a URL. */
export type URLLike = Platform<'URL', URLParts>;

/** Compiled WebAssembly: a WebAssembly.Module. */
export type ModuleLike = typeof globalThis extends {
  WebAssembly: { Module: { prototype: infer M } };
}
  ? M
  : object;
