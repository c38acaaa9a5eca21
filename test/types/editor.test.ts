import { beforeAll, describe, expect, test } from 'vitest';
import { openEditor } from '../support/editor.ts';

let editor: ReturnType<typeof openEditor>;

beforeAll(() => {
  editor = openEditor();
});

describe('a mistake is one short error at its place', () => {
  const lstm =
    'a recurrent layer before it needs returnSequences: true, a model inputShape: [time, features]';
  test.each([
    {
      name: 'recurrent layers without returnSequences',
      code: 'sequential([layers.lstm(20), layers.gru(8), layers.dense(1)], series);',
      at: 'layers.gru(8)',
      says: `gru: expected a sequence [time, features], got [20]; ${lstm}`,
    },
    {
      name: 'a recurrent layer on vectors',
      code: 'sequential([layers.simpleRNN(20)], { inputShape: [10] });',
      at: 'layers.simpleRNN(20)',
      says: `simpleRNN: expected a sequence [time, features], got [10]; ${lstm}`,
    },
    {
      name: 'flatten of any number of steps',
      code: 'sequential([layers.dropout(0.1), layers.flatten()], series);',
      at: 'layers.flatten()',
      says: 'flatten: expected a fixed number of time steps, got [null, 3]; give inputShape: [steps, features]',
    },
    {
      name: 'x of another rank in fit',
      code: 'model.fit(vectors, vectors);',
      at: 'vectors',
      says: "Argument of type 'number[][]' is not assignable to parameter of type 'Data<Sequences, VectorTargets>'",
    },
    {
      name: 'x that is no data in fit',
      code: "model.fit('data.csv', vectors, { epochs: 2 });",
      at: "'data.csv'",
      says: "Argument of type 'string' is not assignable to parameter of type 'Data<Sequences, VectorTargets>'",
    },
    {
      name: 'a tensor of another rank in fit',
      code: 'model.fit(tensor([1, 2, 3], [1, 3]), vectors);',
      at: 'tensor([1, 2, 3], [1, 3])',
      says: "Argument of type 'Tensor<2>' is not assignable to parameter of type 'Data<Sequences, VectorTargets>'",
    },
    {
      name: 'y of another rank in fit',
      code: 'model.fit(sequences, sequences);',
      at: 'sequences',
      says: "Argument of type 'number[][][]' is not assignable to parameter of type 'VectorTargets'",
    },
    {
      name: 'y that is no data in fit',
      code: "model.fit(sequences, 'labels', { epochs: 2 });",
      at: "'labels'",
      says: "Argument of type 'string' is not assignable to parameter of type 'VectorTargets'",
    },
    {
      name: 'no y in fit',
      code: 'model.fit(sequences);',
      at: 'fit',
      says: 'Expected 2-3 arguments, but got 1',
    },
    {
      name: 'an option that does not exist in fit',
      code: 'model.fit(sequences, vectors, { epoch: 2 });',
      at: 'epoch',
      says: "Did you mean to write 'epochs'?",
    },
    {
      name: 'an option that does not exist, after a stream',
      code: 'model.fit([[sequences, vectors]], { epoch: 2 });',
      at: 'epoch',
      says: "Did you mean to write 'epochs'?",
    },
    {
      name: 'x of another rank in evaluate',
      code: 'model.evaluate(scalars, vectors);',
      at: 'scalars',
      says: "Argument of type 'number[]' is not assignable to parameter of type 'Data<Sequences, VectorTargets>'",
    },
    {
      name: 'y of another rank in evaluate',
      code: 'model.evaluate(sequences, sequences, { signal: AbortSignal.timeout(1) });',
      at: 'sequences',
      says: "is not assignable to parameter of type 'VectorTargets'",
    },
    {
      name: 'x of another rank in predict',
      code: 'model.predict(vectors);',
      at: 'vectors',
      says: "Argument of type 'number[][]' is not assignable to parameter of type 'Sequences'",
    },
    {
      name: 'x of another rank in trainOnBatch',
      code: 'model.trainOnBatch(vectors, vectors);',
      at: 'vectors',
      says: "is not assignable to parameter of type 'Sequences'",
    },
    {
      name: 'y of another rank in gradients',
      code: 'model.gradients(sequences, sequences);',
      at: 'sequences',
      says: "is not assignable to parameter of type 'VectorTargets'",
    },
    {
      name: 'something that is no layer',
      code: 'sequential([layers.lstm(4), layers.dense], series);',
      at: 'layers.dense',
      says: "is not assignable to type 'Layer'",
    },
    {
      name: 'a layer that is not in a list',
      code: 'sequential(layers.lstm(4), series);',
      at: 'layers.lstm(4)',
      says: "is not assignable to parameter of type 'readonly Layer[]'",
    },
  ])('$name', ({ code, at, says }) => {
    const [error, ...more] = editor.errors(code);
    expect(more).toEqual([]);
    expect(error?.at).toBe(at);
    expect(error?.says).toContain(says);
    expect(error?.says.length).toBeLessThan(400);
  });

  test('a stream of other batches is one error at the stream', () => {
    const [error, ...more] = editor.errors('model.fit(() => [[vectors, scalars]], {});');
    expect(more).toEqual([]);
    expect(error?.at).toBe('() => [[vectors, scalars]]');
    expect(error?.says.split('\n')[0]).toBe(
      "Argument of type '() => [number[][], number[]][]' is not assignable to parameter of type 'Data<Sequences, VectorTargets>'.",
    );
  });

  test('code without mistakes has none', () => {
    expect(editor.errors('model.fit(sequences, vectors, { epochs: 2 });')).toEqual([]);
  });
});

describe('what is shown over a name is short', () => {
  const targets = 'y: VectorTargets, options?: FitOptions<Sequences, VectorTargets>';
  test.each([
    { over: 'model', shows: 'const model: Model<readonly [null, 3], readonly [1]>' },
    {
      code: "const loaded = await load('m.safetensors'); loaded;",
      over: 'loaded',
      shows: 'const loaded: Model<any, any>',
    },
    {
      code: 'const layer = layers.lstm(20, { returnSequences: true }); layer;',
      over: 'layer;',
      shows: 'const layer: LstmLayer<20, true>',
    },
    { code: 'layers.lstm(20);', over: 'lstm', shows: 'LstmLayer<20, false>' },
    { code: 'losses.huber();', over: 'huber', shows: 'Loss' },
    { code: 'model.fit(sequences, vectors);', over: 'fit', shows: targets },
    { code: 'model.fit([[sequences, vectors]], {});', over: 'fit', shows: 'options?: FitOptions<' },
    { code: 'model.evaluate(sequences, vectors);', over: 'evaluate', shows: 'Promise<Evaluation>' },
    {
      code: 'model.predict(sequences);',
      over: 'predict',
      shows: 'predict(x: Sequences, options?: CallOptions): Promise<Tensor<2>>',
    },
    {
      code: 'model.trainOnBatch(sequences, vectors);',
      over: 'trainOnBatch',
      shows: 'trainOnBatch(x: Sequences, y: VectorTargets): Promise<Evaluation>',
    },
    {
      code: 'model.compile({ loss: "mse" });',
      over: 'compile',
      shows: 'compile(options: CompileOptions): Model<readonly [null, 3], readonly [1]>',
    },
    {
      code: 'const result = await model.fit(sequences, vectors); result.history;',
      over: 'history',
      shows: '(property) FitResult.history: History',
    },
  ])('$over in $code', ({ code = 'model;', over, shows }) => {
    const shown = editor.hover(code, over);
    expect(shown).toContain(shows);
    expect(shown.length).toBeLessThan(280);
  });

  test('a call of fit is told of its arguments as it is written', () => {
    expect(editor.signatures('model.fit(sequences, ')).toEqual([
      expect.stringMatching(/^fit\(x: .*, y: VectorTargets, options\?: FitOptions<.*\): Run$/),
    ]);
  });
});
