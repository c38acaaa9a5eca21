import { defineConfig } from 'vite';

// `unrolled` is found as in any project: by its name, here because the page lies inside the package.
export default defineConfig({
  base: './',
  build: { target: 'es2022' },
});
