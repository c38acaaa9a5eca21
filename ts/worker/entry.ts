import { expose } from 'comlink';
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs';
import { openEngine } from '../engine/backends.ts';
import { createApi } from './api.ts';
import { sendErrorDetails } from './throwing.ts';

const port = globalThis.process?.getBuiltinModule?.('node:worker_threads')?.parentPort;
sendErrorDetails();
expose(
  createApi(({ backend, source }) => openEngine(backend, source), 10),
  port ? nodeEndpoint(port) : undefined,
);
