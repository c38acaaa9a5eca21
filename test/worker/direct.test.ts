import { expect, test } from 'vitest';
import { DisposedError, EngineCrashError, isEngineCrashError } from '../../ts/index.ts';
import { createApi } from '../../ts/worker/api.ts';
import { connectDirect } from '../../ts/worker/direct.ts';
import type { StartRequest } from '../../ts/worker/protocol.ts';
import { fakeEngine } from '../support/fakeEngine.ts';
import { numbers } from '../support/fitRequest.ts';

async function connect(slice: number) {
  const engine = fakeEngine();
  const connection = connectDirect(
    createApi(() => engine, slice),
    slice,
  );
  await connection.call('start', [{} as StartRequest]);
  return { engine, connection };
}

const batch = { inputs: [numbers(3)], targets: [numbers(3)] };
const calls = [
  ['trainOnBatch', [batch]],
  ['gradients', [batch]],
  ['getWeights', []],
  ['evaluate', [batch]],
  ['save', ['m', {}, true]],
] as const;

test.each(calls)('%s again and again gives way to the event loop', async (method, args) => {
  const { connection } = await connect(0);
  let turns = 0;
  let on = true;
  const timer = setInterval(() => {
    if (++turns === 3) on = false;
  }, 0);
  while (on) await connection.call(method, [...args] as never);
  clearInterval(timer);
  expect(turns).toBe(3);
});

test('calls keep their order', async () => {
  const { connection, engine } = await connect(0);
  engine.setWeights(Float32Array.of(1));
  const before = connection.call('getWeights', []);
  const set = connection.call('setWeights', [Float32Array.of(5)]);
  const after = connection.call('getWeights', []);
  await set;
  expect([...(await before), ...(await after)]).toEqual([1, 5]);
});

test('after a crash every call says so, and the engine is let go', async () => {
  const { connection, engine } = await connect(4);
  engine.beforeStep = () => {
    throw new EngineCrashError('The engine broke down (unreachable)');
  };
  await expect(connection.call('trainOnBatch', [batch])).rejects.toSatisfy(isEngineCrashError);
  for (const [method, args] of calls) {
    await expect(connection.call(method, [...args] as never)).rejects.toSatisfy(isEngineCrashError);
  }
  expect(engine.disposed).toBe(true);
  await connection.close(new DisposedError('gone'));
});
