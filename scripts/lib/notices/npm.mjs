/** A bundler plugin: beside a bundle, the licences of the npm packages whose code is in it. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Failure } from '../shell.mjs';
import { joinNotices, notice } from './notice.mjs';

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

/** @param {string} fileName where to write them, in the folder of the bundle */
export function npmNotices(fileName) {
  return {
    name: 'notices',
    generateBundle(_, bundle) {
      const used = Object.values(bundle).flatMap(({ modules = {} }) =>
        Object.entries(modules).flatMap(([id, { renderedLength }]) =>
          renderedLength > 0 ? [id] : [],
        ),
      );
      const folders = new Set(used.map(packageOf).filter((folder) => folder !== undefined));
      const source = joinNotices([...folders].map((folder) => notice(read(folder), folder)));
      this.emitFile({ type: 'asset', fileName, source });
    },
  };
}
