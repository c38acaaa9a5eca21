import { finalizer } from 'comlink';
import { expect, test } from 'vitest';
import {
  DisposedError,
  EngineCrashError,
  isEngineCrashError,
  NonFiniteError,
} from '../../ts/index.ts';
import { connectWorker } from '../../ts/worker/bridge.ts';
import type { StartRequest } from '../../ts/worker/protocol.ts';
import { notFinite } from '../support/fakeEngine.ts';
import { fakeWorker } from '../support/fakeWorker.ts';
import { attend, fitRequest, goOn, noStream, numbers, recorder } from '../support/fitRequest.ts';

async function connect() {
  const worker = fakeWorker();
  const connection = connectWorker(worker);
  await connection.call('start', [{} as StartRequest]);
  return { worker, connection };
}

const deaths = [
  { name: 'exits', event: 'exit', value: 1, message: /worker of this model ended/ },
  {
    name: 'throws',
    event: 'error',
    value: new Error('out of memory'),
    message: /failed \(out of memory\)/,
  },
] as const;

test.each(deaths)(
  'when the worker $name, everything pending rejects',
  async ({ event, value, message }) => {
    const { worker, connection } = await connect();
    // A run that stands still, so that its call stays pending.
    const { listener } = recorder(() => new Promise(() => {}));
    const run = connection.call('fit', [fitRequest(), listener, noStream]);
    const evaluation = connection.call('evaluate', [
      { inputs: [numbers(1)], targets: [numbers(1)] },
    ]);
    worker.die(event, value);
    for (const pending of [run, evaluation]) {
      await expect(pending).rejects.toBeInstanceOf(EngineCrashError);
      await expect(pending).rejects.toThrow(message);
    }
    await expect(connection.call('getWeights', [])).rejects.toThrow(message);
  },
);

test('closing rejects what is pending with its reason and ends the worker once', async () => {
  const { worker, connection } = await connect();
  const { listener } = recorder(() => new Promise(() => {}));
  const run = connection.call('fit', [fitRequest(), listener, noStream]);
  const reason = new DisposedError('gone');
  void connection.close(reason);
  await connection.close(new DisposedError('again'));
  await expect(run).rejects.toBe(reason);
  expect(worker.log.filter((entry) => entry === 'terminate')).toHaveLength(1);
});

test('errors keep class, message and details over the boundary', async () => {
  const { worker, connection } = await connect();
  worker.engine.beforeStep = () => {
    throw notFinite();
  };
  const run = connection.call('fit', [fitRequest(), () => goOn, noStream]);
  await expect(run).rejects.toBeInstanceOf(NonFiniteError);
  await expect(run).rejects.toMatchObject({
    message:
      'lstm: output is NaN or infinite at time step 3 (after 2 training steps); try a smaller learningRate, globalClipnorm in the optimizer, or data scaled to about -1 to 1 (scalers)',
    layer: 'lstm',
    what: 'output',
    step: 3,
    iteration: 2,
  });
});

test('a trap in the engine counts as a crash', async () => {
  const { worker, connection } = await connect();
  worker.engine.beforeStep = () => {
    throw new EngineCrashError('The engine broke down: unreachable');
  };
  const other = connection.call('fit', [fitRequest(), () => goOn, noStream]);
  await expect(other).rejects.toSatisfy(isEngineCrashError);
  await expect(connection.call('getWeights', [])).rejects.toSatisfy(isEngineCrashError);
  expect(worker.log).toContain('terminate');
});

test('the worker keeps the process alive only while something is pending', async () => {
  const { worker, connection } = await connect();
  expect(worker.log.at(-1)).toBe('unref');
  const pending = connection.call('getWeights', []);
  await Promise.resolve();
  expect(worker.log.at(-1)).toBe('ref');
  await pending;
  expect(worker.log.at(-1)).toBe('unref');
});

test('an answer that comes while the worker is being ended does not let go of the process', async () => {
  const { worker, connection } = await connect();
  const pending = connection.call('getWeights', []);
  const closing = connection.close(new DisposedError('gone'));
  await expect(pending).rejects.toThrow('gone');
  await closing;
  // The answer was on its way.
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(worker.log.slice(-2)).toEqual(['ref', 'terminate']);
});

test('a call that cannot be sent rejects, and does not keep the process alive', async () => {
  const { worker, connection } = await connect();
  const unsendable = { inputs: [{ ...numbers(1), data: () => {} }], targets: [] };
  await expect(connection.call('gradients', [unsendable as never])).rejects.toThrow();
  await Promise.resolve();
  expect(worker.log.at(-1)).toBe('unref');
  expect(await connection.call('getWeights', [])).toHaveLength(1);
});

test('events reach the caller before the run ends', async () => {
  const { connection } = await connect();
  const { events, listener } = recorder(() => attend);
  await connection.call('fit', [fitRequest({ epochBegin: true }), listener, noStream]);
  expect(events.map(({ type }) => type)).toEqual([
    'begin',
    'epochBegin',
    'epochs',
    'epochBegin',
    'epochs',
  ]);
});

test('what a run was given to call is released when it ends', async () => {
  const { connection } = await connect();
  let released = 0;
  const given = <T extends object>(call: T): T =>
    Object.assign(call, { [finalizer]: () => (released += 1) });
  const { listener } = recorder();
  const read = given(() => Promise.resolve(null));
  await connection.call('fit', [fitRequest(), given(listener), read]);
  for (let i = 0; i < 1000 && released < 2; i++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(released).toBe(2);
});

test('buffers that are given away are moved, others are copied', async () => {
  const { connection } = await connect();
  const mine = numbers(4);
  const theirs = numbers(4);
  const batch = { inputs: [mine], targets: [theirs] };
  await connection.call('evaluate', [batch], [mine.data.buffer as ArrayBuffer]);
  expect(mine.data.length).toBe(0);
  expect(theirs.data.length).toBe(4);
});
