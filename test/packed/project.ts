import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** An empty project outside this one, with the package installed from its tarball. */
export interface Project {
  folder: string;
  /** The package as it was installed. */
  installed: string;
  /** Files of the tarball. */
  files: string[];
  remove(): Promise<void>;
}

/** Runs a program; gives what it printed. */
export async function run(command: string, args: string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await exec(command, args, { cwd, env: environment(), timeout: 120_000 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')} failed\n${stdout}${stderr}`, { cause: error });
  }
}

/** Packs the package as it is built, and installs it into a project of its own. */
export async function installPacked(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'unrolled-consumer-'));
  const packed = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    process.cwd(),
  );
  const [tarball] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  await cp(join(import.meta.dirname, 'consumer'), folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  await run('npm', ['install', ...quiet, `./${tarball.filename}`], folder);
  return {
    folder,
    installed: join(folder, 'node_modules', 'unrolled'),
    files: tarball.files.map((file) => file.path),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The environment without what npm and Vitest told this process about this project. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(npm_(?!config_registry)|NODE_ENV$|NODE_OPTIONS$|VITEST|TEST$)/i.test(name),
  );
  return Object.fromEntries(kept);
}
