import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import {
  fromBytes,
  isCheckpointError,
  isStorageError,
  layers,
  load,
  sequential,
} from '../../ts/index.ts';
import { keeper } from '../support/models.ts';

const keep = keeper();
const folder = mkdtempSync(join(tmpdir(), 'unrolled-'));
afterAll(() => rmSync(folder, { recursive: true }));

const zeros = '\0'.repeat(20);
const files = [
  {
    name: 'model.keras',
    content: `PK\x03\x04${zeros}`,
    error: 'got a zip file, such as those of Keras',
  },
  { name: 'model.h5', content: `\x89HDF\r\n\x1a\n${zeros}`, error: 'got an HDF5 file' },
  {
    name: 'model.json',
    content: '{"format": "layers-model"}',
    error: 'model.json of TensorFlow.js',
  },
  { name: 'model.onnx', content: `\x08\x07${zeros}`, error: 'got an ONNX file' },
  { name: 'model.pt', content: `\x80\x02${zeros}`, error: "got a pickle of Python's" },
  { name: 'model.pth', content: zeros, error: 'got a file of PyTorch' },
  { name: 'model.safetensors', content: '<!doctype html>', error: 'got an HTML page' },
];

test.each(files)('load refuses $name, saying what it is and what to do', async (file) => {
  const path = join(folder, file.name);
  const bytes = Buffer.from(file.content, 'latin1');
  writeFileSync(path, bytes);
  for (const place of [path, pathToFileURL(path)]) {
    await expect(load(place)).rejects.toSatisfy(isCheckpointError);
    await expect(load(place)).rejects.toThrow(file.error);
    await expect(load(place)).rejects.toThrow('load: expected a safetensors file that save wrote');
  }
});

test('what is in a file counts, not its name', async () => {
  const path = join(folder, 'ours.keras');
  await keep(sequential([layers.dense(1)], { inputShape: [1], thread: 'main' })).save(path);
  expect(keep(await load(path, { thread: 'main' })).summary()).toContain('dense');
});

test('a file that is not there is an error of ours, whatever its name', async () => {
  for (const place of [join(folder, 'missing.keras'), 'http://[']) {
    await expect(load(place)).rejects.toSatisfy(isStorageError);
  }
});

test('bytes that are none are refused', async () => {
  await expect(fromBytes('model.safetensors' as never)).rejects.toThrow(
    'fromBytes: expected bytes, got "model.safetensors"',
  );
  await expect(load({ read: async () => 'text' } as never)).rejects.toThrow(
    'load: read(): expected a Uint8Array, got "text"',
  );
});
