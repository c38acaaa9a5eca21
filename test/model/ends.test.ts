import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { random } from '../support/series.ts';

const library = new URL('../../dist/index.js', import.meta.url).href;

/** Processes of each kind; `UNROLLED_ENDS=100` tries many more. */
const processes = Number(process.env.UNROLLED_ENDS ?? 6);

/** Ways to leave a model while its worker computes, each followed by dispose. */
const ways = {
  abort: `
    const controller = new AbortController();
    const run = model.fit(x, y, { epochs: 9999, signal: controller.signal, onEpochEnd() {} });
    setTimeout(() => controller.abort(), delay);
    await run.then(() => {}, () => {});`,
  stop: `
    const run = model.fit(x, y, { epochs: 9999, onEpochEnd() {} });
    setTimeout(() => run.stop(), delay);
    await run;`,
  'leaving an iteration': `
    const until = performance.now() + delay;
    for await (const _ of model.fit(x, y, { epochs: 9999 })) if (performance.now() > until) break;`,
  'a prediction under way': `
    for (let i = 0; i < 3; i++) model.predict(x).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, delay));`,
};

const run = promisify(execFile);

/** Runs a script of its own; rejects unless it ends with exit code 0. */
async function end(way: string, delay: number): Promise<string> {
  const code = `
    import { layers, optimizers, sequential } from ${JSON.stringify(library)};
    const delay = ${delay};
    const x = Array.from({ length: 200 }, (_, i) => Array.from({ length: 20 }, (_, t) => [Math.sin(i + t)]));
    const y = x.map((_, i) => [i % 7]);
    const model = sequential([layers.lstm(32), layers.dense(1)], { inputShape: [null, 1] });
    model.compile({ optimizer: optimizers.adam(), loss: 'mse' });
    ${way}
    await model.dispose();
    console.log('end');`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', code]);
  return stdout.trim();
}

test.each(Object.entries(ways))(
  'after %s a process ends by itself, with all that stands after dispose',
  async (name, way) => {
    const next = random(name.length);
    const delays = Array.from({ length: processes }, () => Math.floor(250 * next()));
    // Two at a time: the machine that is busy is the one on which answers are late.
    for (let i = 0; i < delays.length; i += 2) {
      const pair = delays.slice(i, i + 2).map((delay) => end(way, delay));
      expect(await Promise.all(pair)).toEqual(pair.map(() => 'end'));
    }
  },
  600_000,
);
