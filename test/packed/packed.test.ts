import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import type { Browser } from 'playwright-core';
import { build as vite } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch } from '../browser/support/chromium.ts';
import { serve } from '../browser/support/site.ts';
import { visit } from '../browser/support/visit.ts';
import { installPacked, type Project, run } from './project.ts';

let browser: Browser;
let project: Project;
/** What the tiny network gives in Node, unbundled: every other way has to give the same. */
let reference: string;

beforeAll(async () => {
  [browser, project] = await Promise.all([launch(), installPacked()]);
  await esbuild({
    entryPoints: [
      ...['node', 'page', 'tinyFit', 'fast', 'fastAsked', 'forecast', 'forecastNode'],
    ].map((name) => join(project.folder, `${name}.ts`)),
    outdir: project.folder,
    format: 'esm',
    target: 'es2022',
  });
  reference = await run(process.execPath, ['node.js'], project.folder);
});

afterAll(async () => {
  await browser?.close();
  await project?.remove();
});

/** What the page in `folder` gives. */
async function inChromium(folder: string): Promise<string> {
  const server = await serve(folder);
  try {
    const { page, errors } = await visit(browser, server.origin);
    await page.waitForSelector('body[data-done]', { state: 'attached' }).catch((cause: unknown) => {
      throw new Error(`The page did not end: ${errors.join('; ')}`, { cause });
    });
    expect(errors).toEqual([]);
    return `${await page.textContent('body')}\n`;
  } finally {
    await server.close();
  }
}

describe('the packed package', () => {
  it('trains in Node and lets the process end', () => {
    const { loss, mae, forecast } = JSON.parse(reference);
    expect(loss).toHaveLength(2);
    expect(mae).toHaveLength(2);
    expect(loss[1]).toBeLessThan(loss[0]);
    expect(forecast).toHaveLength(1);
  });

  it('holds what is needed and nothing else', () => {
    expect(project.files).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'dist/fast.js',
        'dist/forecast.js',
        'dist/index.cjs',
        'dist/index.d.cts',
        'dist/index.d.ts',
        'dist/index.js',
        'dist/table.js',
        'dist/wasm/relaxed.wasm',
        'dist/wasm/simd128.wasm',
        'dist/worker.js',
        'package.json',
      ]),
    );
    const allowed =
      /^(bin|datasets|dist|examples\/data|fast|forecast|table)\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
    expect(project.files.filter((file) => !allowed.test(file))).toEqual([]);
  });

  it('brings no other package along, but the licences of the code that is inside', async () => {
    const modules = await readdir(join(project.folder, 'node_modules'));
    const packages = modules.filter((name) => !name.startsWith('.'));
    expect(packages).toEqual(['unrolled']);
    const notices = (name: string) =>
      readFile(join(project.installed, 'dist', `${name}.licenses.txt`), 'utf8');
    expect(await notices('library')).toMatch(/^comlink [\d.]+ \(Apache-2\.0\)$/m);
    expect(await notices('library')).toMatch(/^idb-keyval [\d.]+ \(Apache-2\.0\)$/m);
    expect(await notices('worker')).toMatch(/^comlink [\d.]+ \(Apache-2\.0\)$/m);
    expect(await notices('cli')).toMatch(/^@observablehq\/plot [\d.]+ \(ISC\)$/m);
    expect(await notices('cli')).toMatch(/^commander [\d.]+ \(MIT\)$/m);
    expect(await notices('wasm')).toMatch(/^wasm-bindgen [\d.]+ \(MIT OR Apache-2\.0\)$/m);
    expect(await notices('wasm')).toMatch(/^libm [\d.]+ \(MIT\)$/m);
    expect(await notices('wasm')).toMatch(/^Rust's standard library \(MIT OR Apache-2\.0\)$/m);
    expect(await notices('wasm')).not.toMatch(/^(syn|proptest|unrolled-\w+) /m);
  });

  it('names no folder of the machine it was built on', async () => {
    const places = [process.cwd(), homedir(), '/.cargo/registry/'].filter(
      (place) => place.length > 2,
    );
    const named = await Promise.all(
      project.files.map(async (file) => {
        const text = await readFile(join(project.installed, file), 'latin1');
        return places.filter((place) => text.includes(place)).map((place) => `${file}: ${place}`);
      }),
    );
    expect(named.flat()).toEqual([]);
  });

  it('gives the same numbers to a CommonJS program, with all its entries', async () => {
    expect(
      await asCommonJs(
        'node',
        `if (typeof require('unrolled/fast').default !== 'function') throw new Error('no fast');
         if (typeof require('unrolled/datasets').generateWaves !== 'function') throw new Error('no datasets');`,
      ),
    ).toBe(reference);
  });

  it('forecasts from a table, in ES modules, in CommonJS and bundled, with the same numbers', async () => {
    const unbundled = await run(process.execPath, ['forecastNode.js'], project.folder);
    const [rows, refused] = JSON.parse(unbundled);
    expect([rows.length, refused]).toEqual([2, true]);
    expect(await asCommonJs('forecastNode')).toBe(unbundled);
    const outdir = join(project.folder, 'esbuild-forecast');
    await bundle('forecastNode.ts', 'node', outdir);
    const file = join(outdir, 'forecastNode.js');
    expect(await run(process.execPath, [file], project.folder)).toBe(unbundled);
    // The entries share one copy of the library: its wasm file is in the bundle once.
    expect((await readFile(file, 'utf8')).match(/[\w+/]{50000,}/g)).toHaveLength(1);
  });

  it.for([
    { way: 'bundler', module: 'esnext', file: 'page.ts' },
    { way: 'nodenext', module: 'nodenext', file: 'page.ts' },
    { way: 'nodenext', module: 'nodenext', file: 'tinyFit.cts' },
    { way: 'node16', module: 'node16', file: 'tinyFit.cts' },
    { way: 'node10', module: 'commonjs', file: 'tinyFit.cts' },
    { way: 'bundler', module: 'esnext', file: 'tinyFit.ts' },
    { way: 'bundler', module: 'esnext', file: 'forecast.ts' },
    { way: 'nodenext', module: 'nodenext', file: 'forecast.ts' },
    { way: 'nodenext', module: 'nodenext', file: 'forecast.cts' },
    { way: 'node10', module: 'commonjs', file: 'forecast.cts' },
  ])('type-checks strictly: moduleResolution $way, $file', async ({ way, module, file }) => {
    const checker = join(process.cwd(), 'node_modules', 'typescript', 'bin', 'tsc');
    const config = `tsconfig.${module}.${file}.json`;
    if (file.endsWith('.cts')) {
      await cp(join(project.folder, file.replace('.cts', '.ts')), join(project.folder, file));
    }
    await writeFile(join(project.folder, config), JSON.stringify(strict(way, module, file)));
    const output = await run(process.execPath, [checker, '-p', config], project.folder);
    expect(output).toBe('');
  });

  it('carries the wasm file for fast arithmetic in a bundle that asks for it, and only there', async () => {
    const unbundled = ['fast.js', 'fastAsked.js'].map((file) =>
      run(process.execPath, [file], project.folder),
    );
    expect(await Promise.all(unbundled)).toEqual(['relaxed-simd\n', 'relaxed-simd\n']);
    const outdir = join(project.folder, 'esbuild-fast');
    const bundled = async (name: string) => {
      await bundle(`${name}.ts`, 'node', outdir);
      const file = join(outdir, `${name}.js`);
      const inlined = (await readFile(file, 'utf8')).match(/[\w+/]{50000,}/g) ?? [];
      return [inlined.length, await run(process.execPath, [file], project.folder)];
    };
    expect(await bundled('fast')).toEqual([
      1,
      expect.stringMatching(
        /^SpecError: arithmetic: 'fast'.* import fast from 'unrolled\/fast'; init\({ wasm: { fast } }\)\n$/,
      ),
    ]);
    expect(await bundled('fastAsked')).toEqual([2, 'relaxed-simd\n']);
  });

  it('gives the same numbers in Chromium without a bundler, by an import map of one entry', async () => {
    const folder = join(project.folder, 'static');
    await cp(join(project.installed, 'dist'), join(folder, 'unrolled'), { recursive: true });
    for (const file of ['page.js', 'tinyFit.js']) {
      await cp(join(project.folder, file), join(folder, file));
    }
    const map = '<script type="importmap">{"imports":{"unrolled":"./unrolled/index.js"}}</script>';
    const html = await readFile(join(project.folder, 'index.html'), 'utf8');
    await writeFile(
      join(folder, 'index.html'),
      html.replace('<head>', `<head>${map}`).replace('page.ts', 'page.js'),
    );
    expect(await inChromium(folder)).toBe(reference);
  });

  it('runs its command on the data that come with it', async () => {
    const data = join('node_modules', 'unrolled', 'examples', 'data', 'seattle-weather.csv');
    const unrolled = async (...args: string[]) => {
      const output = await run('npx', ['--no-install', 'unrolled', ...args], project.folder);
      return JSON.parse(output);
    };
    const files = ['--save', 'm.safetensors', '--report', 'report.html'];
    const options = ['--target', 'temp_max', '--horizon', '3', '--epochs', '1', '--json'];
    const { forecast } = await unrolled('forecast', data, ...options, ...files);
    expect(forecast).toHaveLength(3);
    expect(await readFile(join(project.folder, 'report.html'), 'utf8')).toMatch(/<svg[^]*<path/);
    expect((await unrolled('predict', 'm.safetensors', data, '--json')).forecast).toEqual(forecast);
  });

  it('gives the same numbers in Chromium when Vite bundles it', async () => {
    const outDir = join(project.folder, 'vite');
    await vite({ root: project.folder, logLevel: 'warn', build: { outDir, target: 'es2022' } });
    expect(await inChromium(outDir)).toBe(reference);
  });

  it('gives the same numbers in Chromium when esbuild bundles it', async () => {
    const outdir = join(project.folder, 'esbuild');
    await bundle('page.ts', 'browser', outdir);
    await copyPage(outdir);
    expect(await inChromium(outdir)).toBe(reference);
  });

  it('gives the same numbers in Node when esbuild bundles it', async () => {
    const outdir = join(project.folder, 'esbuild-node');
    await bundle('node.ts', 'node', outdir);
    expect(await run(process.execPath, [join(outdir, 'node.js')], project.folder)).toBe(reference);
  });
});

/** What a program of the consumer, which prints what it awaits, prints as CommonJS. */
async function asCommonJs(name: string, more = ''): Promise<string> {
  const program = await readFile(join(project.folder, `${name}.ts`), 'utf8');
  const { outputFiles } = await esbuild({
    stdin: {
      contents: `${program.replace(/^(console.*)await (.*)\);$/m, '$2.then(console.log);')}${more}`,
      resolveDir: project.folder,
    },
    bundle: true,
    packages: 'external',
    platform: 'node',
    write: false,
  });
  const file = `${name}.common.cjs`;
  await writeFile(join(project.folder, file), outputFiles[0]?.text ?? '');
  return run(process.execPath, [file], project.folder);
}

/** A strict TypeScript project of the consumer, which imports the package; only its page has a DOM. */
function strict(moduleResolution: string, module: string, file: string) {
  const dom = ['dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'];
  return {
    compilerOptions: {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      noEmit: true,
      target: 'es2022',
      lib: file === 'page.ts' ? ['es2023', ...dom] : ['es2022'],
      types: [],
      skipLibCheck: false,
      module,
      moduleResolution,
      ...(moduleResolution === 'node10' ? { ignoreDeprecations: '6.0' } : {}),
    },
    files: [file],
  };
}

async function bundle(entry: string, platform: 'browser' | 'node', outdir: string): Promise<void> {
  const { warnings } = await esbuild({
    entryPoints: [join(project.folder, entry)],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    platform,
    outdir,
  });
  expect(warnings).toEqual([]);
}

/** The page with its script as esbuild names it. */
async function copyPage(folder: string): Promise<void> {
  const html = await readFile(join(project.folder, 'index.html'), 'utf8');
  await writeFile(join(folder, 'index.html'), html.replace('page.ts', 'page.js'));
}
