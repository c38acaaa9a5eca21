/** One run in Rust and in TypeScript: the losses have the same bits. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dist, root } from '../lib/paths.mjs';
import { collect } from '../lib/shell.mjs';

const SERIES = 300;
const EPOCHS = 3;

const bitsOf = (value) => {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, '0');
};

/** The run of crates/unrolled/examples/deep_rnn.rs, through the library as built. */
async function inTypeScript() {
  const entry = (name) => import(pathToFileURL(join(dist, name)).href);
  const { layers, sequential } = await entry('index.js');
  const { generateWaves, oneStepAhead } = await entry('datasets.js');
  const { train, validation } = oneStepAhead(generateWaves({ series: SERIES, steps: 51 }));
  const model = sequential(
    [layers.simpleRNN(20, { returnSequences: true }), layers.simpleRNN(20), layers.dense(1)],
    { inputShape: [null, 1], seed: 42, thread: 'main' },
  );
  model.compile({ loss: 'mse', optimizer: 'adam' });
  const validationData = [validation.x, validation.y];
  const { history } = await model.fit(train.x, train.y, { epochs: EPOCHS, validationData });
  await model.dispose();
  return history.loss.map((loss, i) => `${bitsOf(loss)} ${bitsOf(history.valLoss[i])}`).join('\n');
}

/**
 * @param {NodeJS.ProcessEnv} env with which the Rust tests, and the example with them, were built
 * @returns {Promise<{ passed: number, failed: number, output: string }>}
 */
export async function agreement(env) {
  const example = join(env.CARGO_TARGET_DIR ?? join(root, 'target'), 'debug/examples/deep_rnn');
  const args = ['--series', String(SERIES), '--epochs', String(EPOCHS), '--bits'];
  const { output, failure } = await collect(example, args, { env });
  const expected = await inTypeScript();
  if (failure === null && output.trim() === expected) return { passed: 1, failed: 0, output: '' };
  const said = `The deep RNN in Rust:\n${output}${failure ?? ''}\nin TypeScript:\n${expected}\n`;
  return { passed: 0, failed: 1, output: said };
}
