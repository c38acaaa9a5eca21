import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, preview } from 'vite';

/** A page built by Vite and served on this machine. */
export interface Site {
  /** Its address, without a slash at the end. */
  origin: string;
  /** The folder that holds the built files. */
  folder: string;
  close(): Promise<void>;
}

/** Builds the Vite page of `root` (from the project's folder) and serves what came out. */
export async function site(root: string): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'unrolled-site-'));
  const config = {
    root: resolve(root),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true },
    preview: { host: '127.0.0.1', port: 0 },
  } as const;
  await build(config);
  const server = await preview(config);
  const origin = server.resolvedUrls?.local[0]?.replace(/\/$/, '');
  if (!origin) throw new Error('Vite served the page without an address');
  return {
    origin,
    folder,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
