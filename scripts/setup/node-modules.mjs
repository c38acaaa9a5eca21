/** node_modules, as the lock file says. */
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { Failure, run } from '../lib/shell.mjs';
import { contentHash } from '../lib/stamp.mjs';
import { stampedStep } from '../lib/step.mjs';

const oldest = [20, 19];

export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return;
  throw new Failure(
    `Node.js ${oldest.join('.')} or newer is needed to build this project; this is ${process.version}. See https://nodejs.org`,
  );
}

export const nodeModules = () =>
  stampedStep(
    {
      name: 'node-modules',
      title: 'installing the npm packages of package-lock.json',
      // The lock file repeats what package.json asks for.
      hash: contentHash(['package-lock.json'], [process.versions.modules]),
      outputs: [join(root, 'node_modules', '.package-lock.json')],
    },
    // Through a shell: npm is a batch file on Windows.
    async () => {
      await run('npm ci --no-audit --no-fund', [], { shell: true });
    },
  );
