/**
 * Licences of other people's code that the package carries. Their authors ask that notices travel
 * with the code; code under other terms than these stops the build.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../shell.mjs';

const permissive = new Set([
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'Unicode-3.0',
  'Unlicense',
]);

/**
 * Whether an SPDX expression can be met with permissive licences alone. Brackets are left out and OR
 * is read before AND: that is never more generous than what the expression says.
 */
const isPermissive = (license) =>
  license
    .replace(/[()]/g, '')
    .split(' AND ')
    .every((choices) => choices.split(' OR ').some((choice) => permissive.has(choice.trim())));

/**
 * The notice of a package: what it is, and its licences.
 * @param {{ name: string, version: string, license?: string | null }} manifest
 * @param {string} folder holds the package
 */
export function notice({ name, version, license }, folder) {
  if (!isPermissive(license ?? '')) {
    throw new Failure(
      `${name} goes into the package and has the licence ${license}, which is not known here`,
    );
  }
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)\b/i.test(file));
  if (files.length === 0) {
    throw new Failure(`${name} goes into the package and has no file with its licence`);
  }
  const texts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `${name} ${version} (${license})\n\n${texts.join('\n\n')}\n`;
}

/** Notices as one text, in order, each once. */
export const joinNotices = (texts) => [...new Set(texts)].sort().join(`\n${'-'.repeat(80)}\n\n`);
