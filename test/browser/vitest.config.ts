import { defineConfig } from 'vitest/config';

// The tests in a real browser. They read what is built in dist/, as a user's project does.
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    // Two pages that train at once would make each other's frames late.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
