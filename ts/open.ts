import type { Description, EngineSource } from './engine/engine.ts';
import { flavourOf } from './engine/flavour.ts';
import { wasmModule } from './engine/module.ts';
import type { EngineOptions } from './engine/options.ts';
import { SpecError } from './errors.ts';
import type { ModelSpec } from './spec.ts';
import { summarize } from './summary.ts';
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
  if ('spec' in source) checkSize(source.spec);
  const module = await wasmModule(flavourOf(options.arithmetic));
  const connection = options.thread === 'main' ? await direct() : connectWorker(await spawn());
  try {
    const description = await connection.call('start', [{ module, source }]);
    return { connection, description };
  } catch (error) {
    await connection.close(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/** WebAssembly addresses 4 GiB: a model whose weights alone do not fit is refused at once. */
function checkSize(spec: ModelSpec): void {
  const limit = 2 ** 32;
  const size = 4 * summarize(spec).reduce((sum, { parameters }) => sum + parameters, 0);
  if (size < limit) return;
  const gib = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
  throw new SpecError(
    `model: expected weights of less than ${gib(limit)} GiB, which is all that WebAssembly can address, got ${gib(size)} GiB`,
  );
}

/** The engine's code is loaded on this thread only where it runs on it. */
async function direct(): Promise<Connection> {
  const { openWasm } = await import('./engine/wasm.ts');
  return connectDirect(
    createApi(({ module, source }) => openWasm(module, source), MAIN_SLICE),
    MAIN_SLICE,
  );
}
