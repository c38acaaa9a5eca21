/** The TypeScript tests: in Node, in Chromium, and on the packed tarball. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache, root } from '../lib/paths.mjs';
import { tally } from './tally.mjs';

/** Reads Vitest's JSON report; a file that could not even be loaded counts as one failure. */
function counter(report) {
  return () => {
    if (!existsSync(report)) return { passed: 0, failed: 0 };
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    const broken = testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    );
    return { passed: numPassedTests, failed: numFailedTests + broken.length };
  };
}

function vitest(name, config, env) {
  const report = join(cache, 'reports', `${name}.json`);
  mkdirSync(join(cache, 'reports'), { recursive: true });
  rmSync(report, { force: true });
  const args = [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--config',
    config,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ];
  return tally(process.execPath, args, { env, count: counter(report) });
}

export const node = () => vitest('node', 'vitest.config.ts', process.env);

export const browser = ({ browser }) =>
  vitest('browser', 'test/browser/vitest.config.ts', {
    ...process.env,
    UNROLLED_CHROMIUM: browser,
  });

export const packed = () => vitest('packed', 'test/packed/vitest.config.ts', process.env);
