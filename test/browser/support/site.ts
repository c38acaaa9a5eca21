import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { build, preview } from 'vite';

/** A folder that is served on this machine. */
export interface Site {
  /** Its address, without a slash at the end. */
  origin: string;
  close(): Promise<void>;
}

/** Serves the files of `folder`. */
export async function serve(folder: string): Promise<Site> {
  const server = await preview({
    root: dirname(folder),
    configFile: false,
    logLevel: 'warn',
    build: { outDir: folder },
    preview: { host: '127.0.0.1', port: 0 },
  });
  const origin = server.resolvedUrls?.local[0]?.replace(/\/$/, '');
  if (!origin) throw new Error(`Vite serves ${folder} without an address`);
  return { origin, close: () => server.close() };
}

/** Builds the Vite page of `root` (from the project's folder) and serves what came out. */
export async function site(root: string): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'unrolled-site-'));
  await build({
    root: resolve(root),
    logLevel: 'warn',
    build: { outDir: folder, emptyOutDir: true, target: 'es2022' },
  });
  const { origin, close } = await serve(folder);
  return {
    origin,
    close: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
