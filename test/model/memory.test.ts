import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const library = new URL('../../dist/index.js', import.meta.url).href;
const workerFile = new URL('../../dist/worker.js', import.meta.url).href;

/** Runs a script that can collect garbage, with a count of the workers that live. */
async function script(code: string): Promise<string> {
  const text = `
    import { Worker } from 'node:worker_threads';
    import { init, layers, sequential, tensor } from ${JSON.stringify(library)};
    let living = 0;
    let mostLiving = 0;
    init({
      worker() {
        const worker = new Worker(new URL(${JSON.stringify(workerFile)}), { execArgv: [] });
        mostLiving = Math.max(mostLiving, ++living);
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
    /** Megabytes of array buffers, of all threads. */
    const megabytes = () => (gc(), process.memoryUsage().arrayBuffers / 1e6);
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
    console.log(living, mostLiving <= 20);`);
  expect(output).toBe('0 true');
});

test('a model in use is not collected', async () => {
  const output = await script(`
    const model = sequential([layers.dense(1)], { inputShape: [1] });
    model.compile({ loss: 'mse' });
    const run = model.fit([1, 2], [1, 2], { epochs: 20, onEpochEnd: collect });
    console.log((await run).epochs.length, living);`);
  expect(output).toBe('20 1');
});

test("a run's data lie once in memory beside the caller's", async () => {
  const output = await script(`
    const big = tensor(new Float32Array(25_000_000), [1000, 250, 100]);
    const y = tensor(new Float32Array(1000), [1000, 1]);
    const model = sequential([layers.simpleRNN(2), layers.dense(1)], { inputShape: [250, 100] });
    model.compile({ loss: 'mse' });
    await model.describe();
    const before = megabytes();
    let most = 0;
    const onEpochEnd = () => { most = Math.max(most, megabytes() - before); };
    await model.fit(big, y, { epochs: 3, onEpochEnd });
    // 100 MB are in the engine, whose memory is not counted here.
    console.log(most < 50);`);
  expect(output).toBe('true');
});

test('streamed batches are let go as they are used', async () => {
  const output = await script(`
    const model = sequential([layers.simpleRNN(2), layers.dense(1)], { inputShape: [200, 20] });
    model.compile({ loss: 'mse' });
    let most = 0;
    async function* batches() {
      for (let i = 0; i < 600; i++) {
        if (i % 100 === 99) most = Math.max(most, megabytes());
        yield [tensor(new Float32Array(128_000), [32, 200, 20]), tensor(new Float32Array(32), [32, 1])];
      }
    }
    await model.fit(batches(), { stepsPerEpoch: 600 });
    // All together they would be 307 MB.
    console.log(most < 100);`);
  expect(output).toBe('true');
});
