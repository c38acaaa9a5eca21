/**
 * A bundler plugin: beside a bundle, the licences of the packages whose code is in it. Their authors
 * ask that notices travel with the code; a package under other terms than these stops the build.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from './shell.mjs';

const permissive = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'Unlicense',
]);

/** The folder of the package that a module belongs to, if it is not ours. */
function packageOf(module) {
  const [file] = module.replace(/^\0/, '').split('?');
  const inside = file.lastIndexOf('/node_modules/');
  if (inside < 0) return undefined;
  let folder = dirname(file);
  // A package may hold further package.json files that only say which kind of modules a folder has.
  while (folder.length > inside) {
    if (existsSync(join(folder, 'package.json')) && read(folder).name) return folder;
    folder = dirname(folder);
  }
  throw new Failure(`${module} belongs to no package`);
}

const read = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

function notice(folder) {
  const { name, version, license } = read(folder);
  if (!permissive.has(license)) {
    throw new Failure(`${name} is bundled and has the licence ${license}, which is not known here`);
  }
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)\b/i.test(file));
  if (files.length === 0) throw new Failure(`${name} is bundled and has no file with its licence`);
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}

/** @param {string} fileName where to write them, in the folder of the bundle */
export function notices(fileName) {
  return {
    name: 'notices',
    generateBundle(_, bundle) {
      const used = Object.values(bundle).flatMap(({ modules = {} }) =>
        Object.entries(modules).flatMap(([id, { renderedLength }]) =>
          renderedLength > 0 ? [id] : [],
        ),
      );
      const folders = new Set(used.map(packageOf).filter((folder) => folder !== undefined));
      const texts = [...new Set([...folders].map(notice))].sort();
      const source = texts.join(`\n${'-'.repeat(80)}\n\n`);
      this.emitFile({ type: 'asset', fileName, source });
    },
  };
}
