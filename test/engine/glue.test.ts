import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const glue = (build: string) =>
  readFileSync(
    new URL(`../../crates/unrolled-wasm/pkg/${build}/unrolled_wasm.js`, import.meta.url),
    'utf8',
  );

test('both builds have the same glue: a worker carries one and runs either', () => {
  expect(glue('relaxed')).toBe(glue('simd128'));
});
