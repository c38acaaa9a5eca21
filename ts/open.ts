import type { Description, EngineSource } from './engine/engine.ts';
import { flavourOf } from './engine/flavour.ts';
import { wasmModule } from './engine/module.ts';
import type { EngineOptions } from './engine/options.ts';
import { createApi } from './worker/api.ts';
import { connectWorker } from './worker/bridge.ts';
import type { Connection } from './worker/connection.ts';
import { connectDirect } from './worker/direct.ts';
import { spawn } from './worker/spawn.ts';

/** A started engine. */
export interface Opened {
  readonly connection: Connection;
  readonly description: Description;
}

/** Longest time on the main thread without giving way to the event loop, in milliseconds. */
const MAIN_SLICE = 4;

/** Starts an engine where the options say. */
export async function open(
  options: Required<EngineOptions>,
  source: EngineSource,
): Promise<Opened> {
  const module = await wasmModule(flavourOf(options.arithmetic));
  const connection = options.thread === 'main' ? await direct() : connectWorker(await spawn());
  try {
    const description = await connection.call('start', [
      { backend: { kind: 'wasm', module }, source },
    ]);
    return { connection, description };
  } catch (error) {
    await connection.close(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** The engine's code is loaded on this thread only where it runs on it. */
async function direct(): Promise<Connection> {
  const { openEngine } = await import('./engine/backends.ts');
  return connectDirect(
    createApi(({ backend, source }) => openEngine(backend, source), MAIN_SLICE),
    MAIN_SLICE,
  );
}
