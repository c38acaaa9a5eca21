import { defineConfig } from 'vitest/config';

// The tarball that npm would publish, installed into an empty project. It reads what is built in dist/.
export default defineConfig({
  test: {
    include: ['test/packed/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
