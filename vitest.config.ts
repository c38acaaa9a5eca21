import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (file: string) => fileURLToPath(new URL(`./ts/${file}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^unrolled$/, replacement: source('index.ts') },
      { find: 'unrolled/datasets', replacement: source('datasets/index.ts') },
      { find: 'unrolled/forecast', replacement: source('forecast/index.ts') },
      { find: 'unrolled/table', replacement: source('table/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/packed/**', 'node_modules/**'],
    globalSetup: ['scripts/vitest-setup.mjs'],
    typecheck: {
      enabled: true,
      include: ['test/**/*.test-d.ts'],
      tsconfig: './tsconfig.json',
    },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
