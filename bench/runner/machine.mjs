/** The machine, named as far as it names itself. */
import { execFileSync } from 'node:child_process';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';

const INSTRUCTIONS = ['avx2', 'fma', 'avx512f', 'avx512dq'];

function instructions() {
  try {
    const flags = execFileSync('grep', ['-m1', '^flags', '/proc/cpuinfo'], { encoding: 'utf8' });
    const words = new Set(flags.split(/\s+/));
    return INSTRUCTIONS.filter((name) => words.has(name));
  } catch {
    return [];
  }
}

export const machine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  instructions: instructions(),
  memoryGB: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${arch()}`,
  node: process.version,
  v8: process.versions.v8,
  load: loadavg()[0],
  date: new Date().toISOString(),
});
