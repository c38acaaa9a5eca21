import { describe, expect, test } from 'vitest';
import { earlyStopping } from '../ts/index.ts';
import { checkCallback } from '../ts/callbacks.ts';
import { checkFit } from '../ts/fitOptions.ts';

class Logger {
  readonly losses: number[] = [];
  onEpochEnd({ loss }: { readonly loss: number }): void {
    this.losses.push(loss);
  }
}

const good: readonly (readonly [name: string, callback: unknown])[] = [
  ['an object with one hook', { onEpochEnd: () => {} }],
  ['hooks beside data of its own', { losses: [], once: true, onTrainEnd: () => {} }],
  ['a hook that is left out', { onEpochEnd: () => {}, onBatchEnd: undefined }],
  ['an instance of a class', new Logger()],
  ['an instance of a class that extends one', new (class Longer extends Logger {})()],
  ['nothing to call', {}],
];

test.each(good)('fit takes %s', (_, callback) => {
  expect(checkCallback('fit: callbacks[0]', callback)).toBe(callback);
});

test('fit takes early stopping as plain data, checked', () => {
  const stopping = earlyStopping({ patience: 3, monitor: 'valMae' });
  const stored: unknown = JSON.parse(JSON.stringify(stopping));
  expect(checkCallback('fit: callbacks[0]', stored)).toEqual(stopping);
  expect(() => checkCallback('fit: callbacks[0]', { ...stopping, patience: -1 })).toThrow(
    'earlyStopping: patience: expected a whole number of at least 0, got -1',
  );
});

const bad: readonly (readonly [name: string, callback: unknown, error: string])[] = [
  [
    'early stopping that was not called',
    earlyStopping,
    'expected earlyStopping({ … }), got a function (not called)',
  ],
  ['a function', () => {}, 'expected an object with onEpochEnd or the like'],
  [
    'null',
    null,
    'expected an object with onEpochEnd or the like, or earlyStopping({ … }), got null',
  ],
  [
    'an unknown hook',
    { onEpochFinish: () => {} },
    'unknown callback "onEpochFinish"; known ones: onTrainBegin, onEpochBegin, onBatchEnd',
  ],
  [
    'an unknown hook beside a known one',
    { onEpochEnd: () => {}, onTrainBatchEnd: () => {} },
    'unknown callback "onTrainBatchEnd"',
  ],
  [
    "Keras's name",
    { on_epoch_end: () => {} },
    'unknown callback "on_epoch_end"; did you mean "onEpochEnd"?',
  ],
  ['a misspelt hook', { onEpochend: () => {} }, 'did you mean "onEpochEnd"?'],
  [
    'an unknown method of a class',
    new (class Wrong {
      onEpochEnds(): void {}
    })(),
    'unknown callback "onEpochEnds"; did you mean "onEpochEnd"?',
  ],
  ['a hook that is no function', { onEpochEnd: 5 }, 'onEpochEnd: expected a function, got 5'],
  ['no hook at all', { log: () => {} }, 'expected one of onTrainBegin'],
];

test.each(bad)('fit refuses %s, saying what to do', (_, callback, error) => {
  expect(() => checkFit({ callbacks: [{}, callback as never] })).toThrow(
    expect.objectContaining({ name: 'SpecError' }) as Error,
  );
  expect(() => checkFit({ callbacks: [{}, callback as never] })).toThrow(error);
  expect(() => checkFit({ callbacks: [{}, callback as never] })).toThrow('fit: callbacks[1]: ');
});

describe('options that fit calls or listens to', () => {
  const any = (value: unknown) => value as never;
  test.each([
    [{ onEpochEnd: any({}) }, 'fit: onEpochEnd: expected a function, got an object'],
    [{ onBatchEnd: any(1) }, 'fit: onBatchEnd: expected a function, got 1'],
    [
      { signal: any(new AbortController()) },
      'fit: signal: expected an AbortSignal, such as controller.signal, got an object',
    ],
    [{ callbacks: any(earlyStopping()) }, 'fit: callbacks: expected a list, got an object of type'],
    [any(null), 'fit: expected options { epochs, batchSize,'],
  ])('%o', (options, error) => {
    expect(() => checkFit(options)).toThrow(error);
  });
});
