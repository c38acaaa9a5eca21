/** Debian's and Ubuntu's packages, where this process may install them. */
import { capture, run, which } from '../lib/shell.mjs';

/** Whether packages can be installed: apt is there and this is root. */
export const hasApt = () => which('apt-get') !== null && process.getuid?.() === 0;

const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
let updated = false;

/** Installs the packages that are missing. @throws {Failure} with apt's own words */
export async function apt(packages) {
  const installed = (name) =>
    capture('dpkg-query', ['-W', '-f=${Status}', name]).stdout.endsWith('ok installed');
  const missing = packages.filter((name) => !installed(name));
  if (missing.length === 0) return;
  if (!updated) await run('apt-get', ['update'], { env });
  updated = true;
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...missing], { env });
}
