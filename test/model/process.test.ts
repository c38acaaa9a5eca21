import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const library = new URL('../../dist/index.js', import.meta.url).href;

/** Runs a script of its own with the built library; gives what it printed. */
async function script(code: string): Promise<string> {
  const text = `import { layers, sequential } from ${JSON.stringify(library)};\n${code}`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', text]);
  return stdout.trim();
}

const build = `
  const model = sequential([layers.lstm(4), layers.dense(1)], { inputShape: [null, 1] });
  model.compile({ loss: 'mse' });
  const x = [[1, 2, 3], [2, 3, 4]];
`;

test('a script ends by itself when nothing is pending, without dispose', async () => {
  const output = await script(`${build}
    const { history } = await model.fit(x, [4, 5], { epochs: 2 });
    console.log(history.loss.length);`);
  expect(output).toBe('2');
});

test('a run keeps the process alive until it has ended', async () => {
  const output = await script(`${build}
    model.fit(x, [4, 5], { epochs: 20 }).then(({ epochs }) => console.log(epochs.length));`);
  expect(output).toBe('20');
});

test('a run that fails unseen is an unhandled rejection, as any promise', async () => {
  const failing = script(`${build} model.fit(x, [4]);`);
  await expect(failing).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('y: expected 2 examples, as many as x has, got 1'),
  });
});

test('fast arithmetic takes relaxed simd where there is one, on both threads, beside exact', async () => {
  const output = await script(`
    import v8 from 'node:v8';
    // Node 20 has it behind a flag; newer ones have it anyway.
    v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
    for (const arithmetic of ['exact', 'fast', 'exact']) {
      for (const thread of ['worker', 'main']) {
        const options = { inputShape: [null, 1], seed: 1, thread, arithmetic };
        const model = sequential([layers.lstm(8), layers.dense(1)], options);
        const { data } = await model.predict([[1, 2, 3]]);
        console.log((await model.describe()).arithmetic, data[0].toFixed(5));
      }
    }`);
  const lines = output.split('\n').map((line) => line.split(' '));
  const [exact, fast] = ['simd128', 'relaxed-simd'];
  expect(lines.map(([arithmetic]) => arithmetic)).toEqual([exact, exact, fast, fast, exact, exact]);
  expect(new Set(lines.map(([, value]) => value)).size).toBe(1);
});
