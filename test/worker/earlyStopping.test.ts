import { expect, test } from 'vitest';
import { earlyStopping, type EarlyStoppingOptions } from '../../ts/index.ts';
import { freshStopping, watch } from '../../ts/worker/earlyStopping.ts';

interface Case {
  readonly name: string;
  readonly options: EarlyStoppingOptions;
  readonly values: readonly number[];
  /** Epoch after which Keras stops; null for none. */
  readonly stopsAfter: number | null;
  readonly bestEpoch: number;
  readonly keeps?: readonly number[];
}

const cases: readonly Case[] = [
  {
    name: 'goes on while it improves',
    options: {},
    values: [3, 2, 1],
    stopsAfter: null,
    bestEpoch: 2,
  },
  {
    name: 'stops at once without patience',
    options: {},
    values: [3, 2, 2, 1],
    stopsAfter: 2,
    bestEpoch: 1,
  },
  {
    name: 'is patient',
    options: { patience: 2 },
    values: [3, 2, 4, 1, 5, 5],
    stopsAfter: 5,
    bestEpoch: 3,
  },
  {
    name: 'asks for a least change',
    options: { minDelta: 0.5 },
    values: [3, 2.6],
    stopsAfter: 1,
    bestEpoch: 0,
  },
  {
    name: 'maximises accuracy',
    options: { monitor: 'valAccuracy' },
    values: [0.5, 0.6, 0.55],
    stopsAfter: 2,
    bestEpoch: 1,
  },
  {
    name: 'maximises when told to',
    options: { mode: 'max' },
    values: [1, 2, 2],
    stopsAfter: 2,
    bestEpoch: 1,
  },
  {
    name: 'waits for the baseline',
    options: { baseline: 1, patience: 2 },
    values: [3, 2.5, 2.6],
    stopsAfter: 2,
    bestEpoch: 1,
  },
  {
    name: 'starts later',
    options: { startFromEpoch: 3 },
    values: [1, 2, 3, 2.5, 2],
    stopsAfter: null,
    bestEpoch: 4,
  },
  {
    name: 'keeps the best weights',
    options: { restoreBestWeights: true, patience: 5 },
    values: [3, 4, 2, 2, 1],
    stopsAfter: null,
    bestEpoch: 4,
    keeps: [0, 2, 4],
  },
];

function check({ options, values, stopsAfter, bestEpoch, keeps = [] }: Case): void {
  const spec = earlyStopping(options);
  const state = freshStopping();
  const kept: number[] = [];
  let stopped: number | null = null;
  for (const [epoch, value] of values.entries()) {
    const verdict = watch(spec, state, epoch, { [spec.monitor]: value });
    if (verdict.keep) kept.push(epoch);
    if (verdict.stop) {
      stopped = epoch;
      break;
    }
  }
  expect({ stopped, bestEpoch: state.bestEpoch, kept }).toEqual({
    stopped: stopsAfter,
    bestEpoch,
    kept: keeps,
  });
}

test.each(cases)('early stopping $name', check);
