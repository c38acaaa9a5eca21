import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { init, type InitOptions, layers, sequential, storage } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';

const keep = keeper();
afterEach(() => init({}));

const url = new URL(
  '../../crates/unrolled-wasm/pkg/simd128/unrolled_wasm_bg.wasm',
  import.meta.url,
);
const bytes = readFileSync(url);
const predict = () =>
  keep(sequential([layers.gru(3), layers.dense(1)], { inputShape: [null, 1], seed: 5 })).predict([
    [1, 2],
  ]);

const sources: readonly { name: string; exact: NonNullable<InitOptions['wasm']>['exact'] }[] = [
  { name: 'a file: URL', exact: url },
  { name: 'a path', exact: fileURLToPath(url) },
  { name: 'bytes', exact: bytes },
  { name: 'a module', exact: new WebAssembly.Module(bytes) },
  { name: 'a response', exact: () => new Response(bytes) },
  { name: 'a function that fetches', exact: () => Promise.resolve(bytes) },
];

test.each(sources)('the wasm file can come from $name', async ({ exact }) => {
  const inlined = (await predict()).data;
  let asked = 0;
  init({
    wasm: {
      exact: () => {
        asked += 1;
        return typeof exact === 'function' ? exact() : (exact ?? bytes);
      },
    },
  });
  expect((await predict()).data).toEqual(inlined);
  expect((await predict()).data).toEqual(inlined);
  expect(asked).toBe(1);
});

const wrong: readonly { name: string; options: InitOptions; message: RegExp }[] = [
  {
    name: 'bytes of something else',
    options: { wasm: { exact: new Uint8Array([1, 2, 3]) } },
    message: /wasm engine could not be compiled/,
  },
  {
    name: 'a missing file',
    options: { wasm: { exact: '/no/such/file.wasm' } },
    message: /ENOENT/,
  },
  {
    name: 'a worker that cannot be made',
    options: {
      worker: () => {
        throw new Error('no workers today');
      },
    },
    message: /no workers today/,
  },
];

test.each(wrong)(
  '$name rejects the call, and a later one can work',
  async ({ options, message }) => {
    init(options);
    const model = keep(sequential([layers.dense(1)], { inputShape: [1] }));
    await expect(model.predict([1])).rejects.toThrow(message);
    init({});
    expect((await model.predict([1])).shape).toEqual([1, 1]);
  },
);

test('unknown options are refused', () => {
  expect(() => init({ wasmUrl: 'x' } as InitOptions)).toThrow('init: unknown option "wasmUrl"');
});

const elsewhere = [
  { name: 'IndexedDB', place: storage.indexedDB('a'), message: 'There is no IndexedDB here' },
  {
    name: 'a download',
    place: storage.download('a'),
    message: 'storage.download works in pages only',
  },
] as const;

test.each(elsewhere)('$name in Node says what to do', async ({ place, message }) => {
  const model = keep(sequential([layers.dense(1)], { inputShape: [1] }));
  await expect(model.save(place)).rejects.toThrow(message);
});
