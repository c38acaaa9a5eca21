/** Test runners in their default set-up, and with the pretended pages that they offer. */
import { imported, required, test } from './programs.mjs';

const passes = /\b(2 passed|Tests:\s+2 passed|pass 2)\b/;
const jest = (...more) => ['jest@30.5.2', ...more];
const jsdom = 'jest-environment-jsdom@30.5.2';
const json = (value) => `${JSON.stringify(value)}\n`;

const typed = {
  'a.test.ts': test(imported),
  'tsconfig.json': json({
    compilerOptions: {
      module: 'commonjs',
      moduleResolution: 'node10',
      target: 'es2022',
      esModuleInterop: true,
      strict: true,
    },
  }),
};

const vitest = (environment, ...more) => ({
  install: ['vitest@4.1.12', ...more],
  files: { 'a.test.js': test(imported) },
  steps: [[`vitest run --globals --environment ${environment}`, passes]],
});

export const testRunners = {
  'node:test': {
    install: [],
    files: {
      'a.test.mjs': `import { test } from 'node:test';
import { strictEqual } from 'node:assert';
const expect = (got) => ({ toBe: (wanted) => strictEqual(got, wanted) });
${test(imported)}`,
    },
    steps: [['node --test', passes]],
  },
  'vitest 4.1.12': vitest('node'),
  'vitest 4.1.12, jsdom': vitest('jsdom', 'jsdom@26.1.0'),
  'vitest 4.1.12, happy-dom': vitest('happy-dom', 'happy-dom@21.0.4'),
  'jest 30.5.2': {
    install: jest(),
    files: { 'a.test.js': test(required) },
    steps: [['jest', passes]],
  },
  'jest 30.5.2, babel': {
    install: jest('@babel/preset-env@7.28.5'),
    files: {
      'a.test.js': test(imported),
      'babel.config.json': json({
        presets: [['@babel/preset-env', { targets: { node: 'current' } }]],
      }),
    },
    steps: [['jest', passes]],
  },
  'jest 30.5.2, ES modules': {
    install: jest(),
    files: { 'a.test.mjs': test(imported) },
    steps: [["NODE_OPTIONS=--experimental-vm-modules jest --testMatch '**/*.test.mjs'", passes]],
  },
  'jest 30.5.2, jsdom': {
    install: jest(jsdom),
    files: { 'a.test.js': test(required) },
    steps: [['jest --env=jsdom', passes]],
  },
  'ts-jest 29.4.15': {
    install: jest('ts-jest@29.4.15', 'typescript@5.9.3', '@types/jest@30.0.0'),
    files: { ...typed, 'jest.config.json': json({ preset: 'ts-jest' }) },
    steps: [['jest', passes]],
  },
  'ts-node 10.9.2': {
    install: ['ts-node@10.9.2', 'typescript@5.9.3', '@types/node@20.19.0'],
    files: {
      'tsconfig.json': typed['tsconfig.json'],
      'a.ts': `const test = (_name: string, run: () => Promise<void>) => run().then(() => console.log('Tests: 2 passed'));
const expect = (got: string) => ({ toBe(wanted: string) { if (got !== wanted) throw new Error(got); } });
${test(imported)}`,
    },
    steps: [['ts-node a.ts', passes]],
  },
};
