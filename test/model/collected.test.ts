import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const library = new URL('../../dist/index.js', import.meta.url).href;
const workerFile = new URL('../../dist/worker.js', import.meta.url).href;

/** Runs a script that can collect garbage, with a count of the workers that live. */
async function script(code: string): Promise<string> {
  const text = `
    import { Worker } from 'node:worker_threads';
    import { init, layers, sequential } from ${JSON.stringify(library)};
    let living = 0;
    let most = 0;
    init({
      worker() {
        const worker = new Worker(new URL(${JSON.stringify(workerFile)}), { execArgv: [] });
        most = Math.max(most, ++living);
        worker.on('exit', () => living--);
        return worker;
      },
    });
    const x = [[1, 2, 3], [2, 3, 4]];
    async function use(thread) {
      const model = sequential([layers.lstm(4), layers.dense(1)], { inputShape: [null, 1], thread });
      model.compile({ loss: 'mse' });
      await model.fit(x, [4, 5], { epochs: 2 });
      return (await model.predict(x)).shape[0];
    }
    async function collect() {
      for (let i = 0; i < 5; i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        gc();
      }
    }
    ${code}`;
  const flags = ['--expose-gc', '--input-type=module', '-e', text];
  return (await promisify(execFile)(process.execPath, flags)).stdout.trim();
}

test('models that nobody disposed of give their workers back when they are collected', async () => {
  const output = await script(`
    for (let i = 0; i < 60; i++) {
      await use('worker');
      if (i % 10 === 9) await collect();
    }
    await collect();
    console.log(living, most <= 20);`);
  expect(output).toBe('0 true');
});

test('a model in use is not collected', async () => {
  const output = await script(`
    const model = sequential([layers.dense(1)], { inputShape: [1] });
    model.compile({ loss: 'mse' });
    const run = model.fit([1, 2], [1, 2], { epochs: 200, onEpochEnd: collect });
    console.log((await run).epochs.length, living);`);
  expect(output).toBe('200 1');
});
