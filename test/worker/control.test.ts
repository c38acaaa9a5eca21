import { afterEach, expect, test, vi } from 'vitest';
import { Pulse } from '../../ts/worker/control.ts';

const slice = 8;
let time = 0;

afterEach(() => vi.restoreAllMocks());

/** Runs turns of `length` milliseconds; gives the times without giving way, and looks at the clock. */
async function run(length: number, turns: number, longest = slice) {
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => time);
  const pulse = new Pulse(longest, true);
  const gaps: number[] = [];
  let last = time;
  for (let i = 0; i < turns; i++) {
    time += length;
    if (!pulse.due()) continue;
    gaps.push(time - last);
    await pulse.rest();
    last = time;
  }
  return { gaps, looks: clock.mock.calls.length };
}

test.each([0.001, 0.02, 0.3, 1, 7, 50])(
  'a loop with turns of %d ms gives way at the end of a slice',
  async (length) => {
    const { gaps } = await run(length, Math.ceil((4 * slice) / length) + 4);
    expect(gaps.length).toBeGreaterThanOrEqual(3);
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(slice - 1e-6);
      expect(gap).toBeLessThanOrEqual(slice + length + 0.5);
    }
  },
);

test('without a slice every turn gives way', async () => {
  const { gaps } = await run(0.001, 100, 0);
  expect(gaps).toHaveLength(100);
});

test('short turns look at the clock once in a while only', async () => {
  const { looks } = await run(0.001, 10_000);
  expect(looks).toBeLessThan(10_000 / 50);
});

test('where turns differ, a slice is kept to the turn', async () => {
  vi.spyOn(performance, 'now').mockImplementation(() => time);
  const pulse = new Pulse(slice, false);
  for (let i = 0; i < 1000; i++) {
    time += 0.001;
    expect(pulse.due()).toBe(false);
  }
  time += slice;
  expect(pulse.due()).toBe(true);
});

test('turns that become long are noticed after the last short ones', async () => {
  vi.spyOn(performance, 'now').mockImplementation(() => time);
  const pulse = new Pulse(slice, true);
  for (let i = 0; i < 1000; i++) {
    time += 0.001;
    pulse.due();
  }
  let turns = 0;
  do time += 50;
  while ((turns++, !pulse.due()));
  expect(turns).toBeLessThanOrEqual(64);
});
