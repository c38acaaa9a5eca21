import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { forbidden } from '../engine/forbidden.ts';
import { openWasm } from '../engine/wasm.ts';
import { createApi, type OpenEngine } from './api.ts';
import { sendErrorDetails } from './throwing.ts';

const open: OpenEngine = ({ module, source }) => {
  try {
    return openWasm(module, source);
  } catch (error) {
    // A worker from a file has a policy of its own.
    throw forbidden(error) ?? error;
  }
};

const port = globalThis.process?.getBuiltinModule?.('node:worker_threads')?.parentPort;
sendErrorDetails();
expose(createApi(open, 10), port ? nodeEndpoint(port) : undefined);
