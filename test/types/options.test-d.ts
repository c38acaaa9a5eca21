import { expectTypeOf, test } from 'vitest';
import {
  earlyStopping,
  encoders,
  layers,
  losses,
  metrics,
  optimizers,
  schedules,
  sequential,
  type Tensor,
} from '../../ts/index.ts';

test('options that do not exist fail in the editor', () => {
  void (() => {
    // @ts-expect-error misspelt
    layers.lstm(20, { returnSequence: true });
    // @ts-expect-error an option of another layer
    layers.simpleRNN(20, { resetAfter: true });
    // @ts-expect-error an unknown activation
    layers.dense(1, { activation: 'sine' });
    // @ts-expect-error no such option
    optimizers.adam({ momentum: 0.9 });
    // @ts-expect-error no such schedule option
    schedules.exponential({ initial: 1, decay: 2 });
    // @ts-expect-error the input's shape is missing
    sequential([layers.dense(1)], {});
    // @ts-expect-error a shape of strings
    sequential([layers.dense(1)], { inputShape: ['time', 1] });
    // @ts-expect-error an unknown key of the history
    earlyStopping({ monitor: 'val_loss' });
    layers.timeDistributed(layers.dense(1));
    // @ts-expect-error a layer that is not applied step by step
    layers.timeDistributed(layers.flatten());
  });
});

test('names and typed objects stand side by side', () => {
  const model = sequential([layers.dense(1)], { inputShape: [2] });
  model.compile({ loss: 'mse' });
  model.compile({ loss: losses.huber(), optimizer: 'nadam', metrics: ['mae', metrics.rmse()] });
  expectTypeOf(model.compile).returns.toEqualTypeOf<typeof model>();
  void (() => {
    // @ts-expect-error an unknown loss
    model.compile({ loss: 'hinge' });
    // @ts-expect-error the loss is missing
    model.compile({ optimizer: 'adam' });
    // @ts-expect-error an unknown metric
    model.compile({ loss: 'mse', metrics: ['f1'] });
    // @ts-expect-error an unknown option
    void model.fit([[1, 2]], [1], { epoch: 3 });
  });
});

test('labels have the type of what was learned', () => {
  const encoder = encoders.labels().fit(['a', 'b']);
  expectTypeOf(encoder.inverse([0])).toEqualTypeOf<string[]>();
  expectTypeOf(encoder.oneHot(['a'])).toEqualTypeOf<Tensor<2>>();
  void (() => {
    // @ts-expect-error a number among strings
    encoder.transform([1]);
  });
});
