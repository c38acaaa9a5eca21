/** What each row of the tables runs: one small training, whose losses are the same everywhere. */

function training(thread = 'worker', arithmetic = 'exact') {
  const engine = `thread: '${thread}', arithmetic: '${arithmetic}'`;
  return `
  const network = [layers.lstm(3), layers.dense(1)];
  const model = sequential(network, { inputShape: [null, 1], seed: 5, ${engine} });
  model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  const x = [[1, 2, 3], [2, 3, 4]];
  const { history } = await model.fit(x, [4, 5], { epochs: 2 });
  const weights = await model.getWeights();
  await model.setWeights(weights);
  const copy = await fromBytes(await model.toBytes(), { ${engine} });
  const [before, after] = await Promise.all([model.predict(x), copy.predict(x)]);
  if (String(before.data) !== String(after.data)) throw new Error('the copy differs');
  await Promise.all([model.dispose(), copy.dispose()]);`;
}

const names = 'fromBytes, layers, sequential';

/** The losses of the training, as every platform has to give them. */
export const losses = '[21.991247177124023,21.940128326416016]';

const print = 'console.log(JSON.stringify(history.loss));';

/** An ES module. */
export const esm = (thread, arithmetic) =>
  `import { ${names} } from 'unrolled';\n${training(thread, arithmetic)}\n${print}\n`;

/** A CommonJS module. */
export const cjs = (thread, arithmetic) =>
  `const { ${names} } = require('unrolled');
(async () => {${training(thread, arithmetic)}\n${print}\n})().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});\n`;

/** A function that trains and gives the losses as text; for programs that tools start in their way. */
export const asFunction = trainingFunction();

function trainingFunction(thread) {
  return `async () => {${training(thread)}\n  return JSON.stringify(history.loss);\n}`;
}

/** A module for pages: its losses become the page's text. */
export const page = `import { ${names} } from 'unrolled';
const train = ${asFunction};
train().catch(String).then((text) => {
  document.body.textContent = text;
  document.body.dataset.done = 'yes';
});\n`;

/** A page that loads a script. */
export const html = (script) =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>unrolled</title></head><body></body>${script}</html>\n`;

/** Two tests, for runners with \`test\` and \`expect\` as globals. */
export const test = (load) => `${load}
${['worker', 'main']
  .map(
    (thread) => `test('a network trains, thread ${thread}', async () => {
  const train = ${trainingFunction(thread)};
  expect(await train()).toBe('${losses}');
});`,
  )
  .join('\n')}\n`;

export const imported = `import { ${names} } from 'unrolled';`;
export const required = `const { ${names} } = require('unrolled');`;

/** TypeScript that uses much of the surface; it compiles without the DOM library. */
export const types = `import {
  type FitOptions, init, isShapeError, layers, load, type Model, scalers, sequential, storage, tensor, UnrolledError,
} from 'unrolled';
import { generateWaves } from 'unrolled/datasets';
import fast from 'unrolled/fast';

init({ wasm: { fast } });
export async function train(): Promise<number> {
  const model = sequential([layers.lstm(3), layers.dense(1)], { inputShape: [null, 1] });
  model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  const run = model.fit(tensor(new Float32Array(6), [2, 3, 1]), [4, 5], { epochs: 2 });
  const { history } = await run;
  const output = await model.predict([[1, 2, 3]]);
  await model.save('model.safetensors');
  const loaded = await load('model.safetensors');
  await loaded.dispose();
  return (history.loss[0] ?? 0) + (output.data[0] ?? 0);
}
export const wrong = (error: unknown): boolean => isShapeError(error) || error instanceof UnrolledError;
export const used = [generateWaves, scalers, storage];
export type Used = [FitOptions, Model];
`;
