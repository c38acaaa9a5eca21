import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fromBytes, load, type Tensor } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';

const keep = keeper();
const root = join(import.meta.dirname, '../..');
const written = join(root, 'test/fixtures/python/written-by-python.safetensors');
/** Inside the project, so that the example finds `unrolled` as the tests do. */
const folder = join(root, '.cache/format');

beforeAll(() => mkdir(folder, { recursive: true }));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The one code block of a language that the page has marked as tested. */
async function block(language: string): Promise<string> {
  const text = await readFile(join(root, 'docs/format.md'), 'utf8');
  const found = new RegExp(`<!-- tested -->\\n\\n\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(
    text,
  );
  return found?.[1] ?? '';
}

/** What Keras predicted with the model that it was. */
const reference = async () =>
  JSON.parse(await readFile(written.replace('.safetensors', '.json'), 'utf8')) as {
    x: number[][][];
    y: number[][];
  };

async function expectReference(prediction: Tensor): Promise<void> {
  const { y } = await reference();
  expect(prediction.shape).toEqual([y.length, y[0]?.length]);
  y.flat().forEach((value, i) => expect(prediction.data[i]).toBeCloseTo(value, 5));
}

/** A file with other texts in its header. */
function withTexts(bytes: Buffer, change: (texts: Record<string, string>) => void): Uint8Array {
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString()) as {
    __metadata__: Record<string, string>;
  };
  change(header.__metadata__);
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([size, text, bytes.subarray(8 + length)]);
}

test('a model that Python wrote from Keras loads and predicts what Keras does', async () => {
  const model = keep(await load(written));
  expect(model.name).toBe('from_keras');
  expect(model.metadata).toEqual({ from: expect.stringContaining('Keras') });
  await expectReference(await model.predict((await reference()).x));
});

test('it trains and is saved like any other', async () => {
  const model = keep(await load(written));
  const { x, y } = await reference();
  model.compile({ loss: 'mse' });
  await model.fit(x, y, { epochs: 2 });
  const again = keep(await fromBytes(await model.toBytes()));
  expect((await again.predict(x)).data).toEqual((await model.predict(x)).data);
});

test('the description that the page shows, without metadata, is that of a model', async () => {
  const shown = await block('json');
  const bytes = withTexts(await readFile(written), (texts) => {
    delete texts.metadata;
    texts.model = shown;
  });
  const model = keep(await fromBytes(bytes));
  expect(model.name).toBe('sequential');
  await expectReference(await model.predict((await reference()).x));
});

test('the example that reads a file runs', async () => {
  const file = join(folder, 'example.ts');
  const code = await block('ts');
  await writeFile(
    file,
    `${code.replace("'written-by-python.safetensors'", JSON.stringify(written))}\nexport { forecast, model };\n`,
  );
  const { forecast, model } = (await import(file)) as {
    forecast: Tensor;
    model: { dispose(): Promise<void> };
  };
  keep(model);
  expect(forecast.shape).toEqual([1, 2]);
});
