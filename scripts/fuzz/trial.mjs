/** What becomes of a mutant: loaded, used, trained on and saved again, as far as it goes. */
import { COUNT, examples, stopping } from './files.mjs';

/** Most values of an input that is tried. */
const LARGEST = 100_000;
/** Most that the thread's instance may hold, in bytes: the real files need less than two megabytes. */
const MOST_MEMORY = 32e6;

/** A fault: what must not happen, whatever the bytes are. */
export class Fault extends Error {}

/**
 * @param library - the built library
 * @returns {(bytes: Uint8Array) => Promise<string>} the outcome in a word, or a rejection with a Fault
 */
export async function trials(library) {
  const { earlyStopping, fromBytes, layers, sequential, tensor } = library;
  const { UnrolledError, isEngineCrashError } = library;
  // It shares the instance with every mutant, and must not notice.
  const witness = sequential([layers.dense(1)], { inputShape: [1], seed: 1, thread: 'main' });
  const expected = String((await witness.predict([[1], [2]])).data);

  /** An error of ours that fits; others are faults. */
  const ours = (call, error, names) => {
    if (!(error instanceof UnrolledError)) throw new Fault(`${call}: ${error?.stack ?? error}`);
    if (isEngineCrashError(error)) throw new Fault(`${call}: ${error.message}`);
    if (names && !names.includes(error.name))
      throw new Fault(`${call}: a ${error.name}: ${error.message}`);
    return error.name;
  };

  const use = async (model) => {
    const inputShape = model.spec.inputs[0].shape;
    const { outputs, compile } = await model.describe();
    const outputShape = outputs[0].shape.slice(1);
    const size = (shape) => shape.reduce((product, n) => product * (n ?? 4), COUNT);
    if (model.spec.inputs.length > 1 || outputs.length > 1) return 'several inputs or outputs';
    if (size(inputShape) > LARGEST || size(outputShape) > LARGEST) return 'large';
    const { x, y } = examples(tensor, inputShape, outputShape);
    const callbacks = [stopping(earlyStopping)];
    const calls = [
      ['predict', () => model.predict(x)],
      ...(compile === null
        ? []
        : [
            ['resume', () => model.fit(x, y, { epochs: 3, batchSize: 2, callbacks, resume: true })],
            ['trainOnBatch', () => model.trainOnBatch(x, y)],
          ]),
    ];
    let outcome = 'used';
    for (const [name, call] of calls) {
      try {
        await call();
      } catch (error) {
        outcome = `${name}: ${ours(name, error)}`;
      }
    }
    const saved = await model.toBytes().catch((error) => ours('save', error));
    if (typeof saved === 'string') return `save: ${saved}`;
    const again = await fromBytes(saved, { thread: 'main' }).catch((error) => {
      throw new Fault(`what was saved does not load: ${error.message}`);
    });
    await again.dispose();
    return outcome;
  };

  return async (bytes) => {
    let model;
    try {
      model = await fromBytes(bytes, { thread: 'main' });
    } catch (error) {
      return `load: ${ours('load', error, ['CheckpointError'])}`;
    }
    let outcome;
    try {
      outcome = await use(model);
    } finally {
      await model.dispose();
    }
    const { instanceBytes } = await witness.describe();
    if (instanceBytes > MOST_MEMORY) throw new Fault(`the instance holds ${instanceBytes} bytes`);
    const seen = String((await witness.predict([[1], [2]])).data);
    if (seen !== expected) throw new Fault(`another model gives ${seen} in place of ${expected}`);
    return outcome;
  };
}
