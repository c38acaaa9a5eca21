import { afterEach, expect, test, vi } from 'vitest';
import { createApi } from '../../ts/worker/api.ts';
import type { Answer, FitEvent, FitListener, FitRequest } from '../../ts/worker/protocol.ts';
import { fakeEngine } from '../support/fakeEngine.ts';
import {
  attend,
  BATCHES,
  finished,
  fitRequest,
  goOn,
  noStream,
  recorder,
} from '../support/fitRequest.ts';

/** A run over the loop itself, told to a listener that keeps all events. */
function begin(changes: Partial<FitRequest>, answer?: FitListener) {
  const engine = fakeEngine();
  const api = createApi(() => engine, 0);
  api.start({} as Parameters<typeof api.start>[0]);
  const { events, listener } = recorder(answer);
  return { api, engine, events, run: () => api.fit(fitRequest(changes), listener, noStream) };
}

afterEach(() => vi.restoreAllMocks());

const numbersOf = (events: readonly FitEvent[]) =>
  finished(events).map(({ record }) => record.epoch);

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test('unattended, a run goes on while an event is heard, and tells of several epochs at once', async () => {
  // However slow the machine is: no time passes, so nothing is due but the first event.
  vi.spyOn(performance, 'now').mockReturnValue(0);
  let answer: (answer: Answer) => void = () => {};
  const heard = new Promise<Answer>((resolve) => {
    answer = resolve;
  });
  const { engine, events, run } = begin({ epochs: 20 }, ({ type }) =>
    type === 'epochs' ? heard : goOn,
  );
  engine.beforeStep = (step) => {
    if (step === 20 * BATCHES - 1) answer(goOn);
  };
  await run();
  expect(numbersOf(events)).toEqual(upTo(20));
  expect(events.filter(({ type }) => type === 'epochs')).toHaveLength(2);
});

test('attended, a run tells of each epoch by itself and waits for the answer', async () => {
  const stepsBefore: number[] = [];
  const stepsAfter: number[] = [];
  const { engine, events, run } = begin({ epochs: 5 }, async ({ type }) => {
    if (type !== 'epochs') return attend;
    stepsBefore.push(engine.steps.length);
    await sleep(2);
    stepsAfter.push(engine.steps.length);
    return attend;
  });
  await run();
  expect(numbersOf(events)).toEqual(upTo(5));
  expect(stepsBefore).toEqual(upTo(5).map((epoch) => (epoch + 1) * BATCHES));
  expect(stepsAfter).toEqual(stepsBefore);
});

test('the beginning of an epoch is told only where somebody asked for it', async () => {
  const begun = async (epochBegin: boolean) => {
    const { events, run } = begin({ epochs: 3, epochBegin }, () => attend);
    await run();
    return events.flatMap((event) => (event.type === 'epochBegin' ? [event.epoch] : []));
  };
  expect(await begun(true)).toEqual([0, 1, 2]);
  expect(await begun(false)).toEqual([]);
});

test('all finished epochs are told before a pause is', async () => {
  const { api, engine, events, run } = begin({ epochs: 3 }, ({ type }) => {
    if (type === 'paused') setTimeout(() => api.control('run'));
    return goOn;
  });
  engine.beforeStep = (step) => {
    if (step === 2 * BATCHES) api.control('pause');
  };
  await run();
  const paused = events.findIndex(({ type }) => type === 'paused');
  expect(numbersOf(events.slice(0, paused))).toEqual([0, 1]);
});

test('all finished epochs are told before progress is', async () => {
  const { events, run } = begin({ epochs: 6, progressInterval: 0 });
  await run();
  const told = events.flatMap((event, i) =>
    event.type === 'progress' ? [[event.epoch, numbersOf(events.slice(0, i))] as const] : [],
  );
  expect(told.length).toBeGreaterThan(1);
  for (const [epoch, before] of told) expect(before).toEqual(upTo(epoch));
});

test('told to attend, a run tells what it has held back at once, and then epoch by epoch', async () => {
  const { api, engine, events, run } = begin({ epochs: 8 });
  let atOnce: readonly number[] = [];
  engine.beforeStep = (step) => {
    if (step === 3 * BATCHES) api.control('attend');
    if (step === 4 * BATCHES - 1) atOnce = numbersOf(events);
  };
  await run();
  expect(atOnce).toEqual([0, 1, 2]);
  expect(numbersOf(events)).toEqual(upTo(8));
  const last = events.slice(-5);
  expect(last.map((event) => finished([event]).length)).toEqual([1, 1, 1, 1, 1]);
});
