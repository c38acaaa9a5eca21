import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('../scripts/fuzz.mjs', import.meta.url));

test('20,000 mutants of checkpoints neither trap nor hang, nor throw errors of others, nor grow', async () => {
  const run = promisify(execFile)(process.execPath, [script, '--mutants', '20000', '--seed', '9']);
  const { stdout } = await run.catch((failed: { stdout: string }) => failed);
  expect(stdout).toMatch(/\n20000 passed, 0 failed\n$/);
  // Some get as far as a training step and the bytes of another file.
  expect(stdout).toMatch(/^ +\d+ {2}used$/m);
}, 300_000);
