/** The licences of the Rust crates whose code is in the wasm file. */
import { dirname } from 'node:path';
import { target } from '../rust.mjs';
import { capture, Failure } from '../shell.mjs';
import { joinNotices, notice } from './notice.mjs';

/** Comes with the compiler, so no lock file names it. */
const standardLibrary = `Rust's standard library (MIT OR Apache-2.0)
https://github.com/rust-lang/rust

Copyright (c) The Rust Project Developers

Permission is hereby granted, free of charge, to any person obtaining a copy of
this software and associated documentation files (the "Software"), to deal in
the Software without restriction, including without limitation the rights to
use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of
the Software, and to permit persons to whom the Software is furnished to do so,
subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS
FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
`;

function metadata(env) {
  const flags = ['--locked', '--format-version', '1', '--filter-platform', target];
  const { ok, stdout, output } = capture('cargo', ['metadata', ...flags], { env });
  if (!ok) throw new Failure(output);
  return JSON.parse(stdout);
}

/**
 * The crates that are compiled into `name`, itself included: what it and they depend on for wasm32.
 * What runs at build time (build scripts, procedural macros, and their dependencies) is left out.
 */
function compiledInto(name, { packages, resolve }) {
  const crates = new Map(packages.map((crate) => [crate.id, crate]));
  const dependencies = new Map(resolve.nodes.map(({ id, deps }) => [id, deps]));
  const found = new Set();
  const visit = (crate) => {
    const isMacro = crate.targets.some(({ kind }) => kind.includes('proc-macro'));
    if (isMacro || found.has(crate)) return;
    found.add(crate);
    for (const { pkg, dep_kinds } of dependencies.get(crate.id)) {
      if (dep_kinds.some(({ kind }) => kind === null)) visit(crates.get(pkg));
    }
  };
  visit(packages.find((crate) => crate.name === name));
  return [...found];
}

/** @param {NodeJS.ProcessEnv} env what compiles wasm */
export function crateNotices(env) {
  // Crates without a source are this project's.
  const foreign = compiledInto('unrolled-wasm', metadata(env)).filter(({ source }) => source);
  const texts = foreign.map((crate) => notice(crate, dirname(crate.manifest_path)));
  return joinNotices([...texts, standardLibrary]);
}
