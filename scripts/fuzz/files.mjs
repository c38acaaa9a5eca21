/** The real files that mutants are made of: every layer and optimizer, a run in the middle of an epoch. */

export const STEPS = 4;
export const COUNT = 8;

/** Examples and targets of some shape, the same each time. */
export function examples(tensor, inputShape, outputShape, count = COUNT) {
  const fill = (shape) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return tensor(
      Float32Array.from({ length: size }, (_, i) => Math.sin(i)),
      shape,
    );
  };
  const open = (shape) => [count, ...shape.map((size) => size ?? STEPS)];
  return { x: fill(open(inputShape)), y: fill(open(outputShape)) };
}

/** Early stopping of the runs that are interrupted. */
export const stopping = (earlyStopping) =>
  earlyStopping({ monitor: 'loss', patience: 9, restoreBestWeights: true });

const deep = (layers) => [
  layers.simpleRNN(2, { returnSequences: true, dropout: 0.1 }),
  layers.lstm(2, { returnSequences: true, kernelConstraint: { maxNorm: 2 } }),
  layers.dropout(0.2),
  layers.gru(2, { recurrentDropout: 0.1, kernelRegularizer: { l2: 0.01 } }),
  layers.activation('tanh'),
  layers.dense(1),
];

export async function realFiles({
  earlyStopping,
  layers,
  optimizers,
  schedules,
  sequential,
  tensor,
}) {
  const build = (list, inputShape) =>
    sequential(list, { inputShape, seed: 3, thread: 'main', name: 'fuzzed' });
  const files = [];
  const keep = async (model) => {
    files.push(await model.toBytes());
    await model.dispose();
  };
  await keep(build([layers.dense(2)], [3]));
  const rules = [
    optimizers.sgd({ momentum: 0.9, nesterov: true, clipnorm: 1 }),
    optimizers.rmsprop({ centered: true, momentum: 0.5 }),
    optimizers.adam({ learningRate: schedules.cosine({ initial: 0.01, decaySteps: 100 }) }),
    optimizers.adamw({ globalClipnorm: 1 }),
    optimizers.nadam({
      learningRate: schedules.piecewise({ boundaries: [5], values: [0.1, 0.01] }),
    }),
  ];
  for (const optimizer of rules) {
    const model = build(deep(layers), [null, 1]);
    model.compile({ loss: 'mse', optimizer, metrics: ['mae'] });
    model.metadata = { scaler: { offset: [0.5], scale: [2] }, note: 'π' };
    const { x, y } = examples(tensor, [null, 1], [1]);
    const callbacks = [
      stopping(earlyStopping),
      { onBatchEnd: ({ epoch, batch }, run) => (epoch === 1 && batch === 2 ? run.stop() : null) },
    ];
    await model.fit(x, y, { epochs: 3, batchSize: 2, progressInterval: 0, callbacks });
    await keep(model);
  }
  const flat = build([layers.flatten(), layers.dense(3, { activation: 'softmax' })], [STEPS, 2]);
  flat.compile({ loss: 'categoricalCrossentropy', metrics: ['accuracy'] });
  await keep(flat);
  return files;
}
