/** TypeScript's versions times its settings; the library's own types are checked as well. */
import { types } from './programs.mjs';

/** Settings by name; `to` is the last version that knows them. */
const settings = {
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  node16: { module: 'node16', moduleResolution: 'node16' },
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  'nodenext, from CommonJS': { module: 'nodenext', moduleResolution: 'nodenext', common: true },
  'node16, from CommonJS': { module: 'node16', moduleResolution: 'node16', common: true },
  'commonjs, node10': { module: 'commonjs', moduleResolution: 'node10', to: 6 },
};

const libraries = {
  'no DOM': ['es2022'],
  DOM: ['es2022', 'dom', 'dom.iterable'],
  'es2018, no DOM': ['es2018'],
  'types of Node': ['es2022'],
};

const versions = ['5.4.5', '5.5.4', '5.6.3', '5.7.3', '5.8.3', '5.9.3', '6.0.3', '7.0.2'];

function row(version) {
  const [major] = version.split('.').map(Number);
  const files = {};
  const steps = [];
  for (const [setting, { common, to = Infinity, ...options }] of Object.entries(settings)) {
    if (major > to) continue;
    for (const [library, lib] of Object.entries(libraries)) {
      const program = common ? 'program.cts' : 'program.ts';
      const config = `tsconfig.${setting} ${library}.json`.replaceAll(/[ ,]+/g, '-');
      files[program] = types;
      files[config] = JSON.stringify({
        compilerOptions: {
          ...options,
          ...(to === 6 && major === 6 ? { ignoreDeprecations: '6.0' } : {}),
          ...(major < 7 ? { esModuleInterop: true } : {}),
          lib,
          target: 'es2018',
          types: library === 'types of Node' ? ['node'] : [],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          skipLibCheck: false,
          noEmit: true,
        },
        files: [program],
      });
      steps.push([`tsc -p ${config}`, '']);
    }
  }
  return { install: [`typescript@${version}`, '@types/node@20.19.43'], files, steps };
}

export const typeSettings = Object.fromEntries(
  versions.map((version) => [`typescript ${version}`, row(version)]),
);
