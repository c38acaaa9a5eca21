#!/usr/bin/env node
/**
 * What an editor shows of the built library: every exported name and every member of it has its
 * text, and no declaration leans on a type that a user cannot import.
 */
import { join } from 'node:path';
import ts from 'typescript';
import { dist } from './lib/paths.mjs';
import { exitWith, Failure, isMain } from './lib/shell.mjs';

const entries = ['index.d.ts', 'datasets.d.ts', 'forecast.d.ts', 'table.d.ts'];

/** The declarations as a program of its own, without this project's settings. */
function open() {
  return ts.createProgram(
    entries.map((file) => join(dist, file)),
    {
      strict: true,
      noEmit: true,
      types: [],
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
    },
  );
}

const isOurs = (node) => node.getSourceFile().fileName.startsWith(dist);

const isPrivate = (node) =>
  ts.isPrivateIdentifier(node.name) ||
  (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Private) !== 0;

const isMember = (node) =>
  ts.isPropertySignature(node) ||
  ts.isPropertyDeclaration(node) ||
  ts.isMethodSignature(node) ||
  ts.isMethodDeclaration(node) ||
  ts.isGetAccessorDeclaration(node);

/** Types, which a user may want to write down; values are only looked through. */
const named =
  ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Class | ts.SymbolFlags.Enum;

/**
 * @param {ts.Program} program
 * @returns {string[]} what is wrong, by name
 */
function faults(program) {
  const checker = program.getTypeChecker();
  const resolve = (symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = new Map();
  for (const file of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(join(dist, file)));
    for (const symbol of checker.getExportsOfModule(module)) {
      exported.set(resolve(symbol), symbol.name);
    }
  }
  const found = new Set();
  const seen = new Set();
  const documented = (symbol, path) => {
    if (symbol.getDocumentationComment(checker).length === 0) found.add(`${path}: no text`);
  };

  const visit = (node, path) => {
    let inside = path;
    if (ts.isConditionalTypeNode(node)) {
      // What is asked for is no member.
      for (const part of [node.checkType, node.trueType, node.falseType]) visit(part, path);
      return;
    }
    if (isMember(node)) {
      if (isPrivate(node)) return;
      inside = `${path}.${node.name.getText()}`;
      documented(checker.getSymbolAtLocation(node.name), inside);
    } else if (ts.isIdentifier(node)) {
      const symbol = checker.getSymbolAtLocation(node);
      if (symbol !== undefined) follow(resolve(symbol), path);
    }
    ts.forEachChild(node, (child) => visit(child, inside));
  };

  /** Visits what a name stands for, once. */
  const follow = (symbol, path) => {
    const declarations = (symbol.declarations ?? []).filter(
      (node) => isOurs(node) && ts.isSourceFile(declarationOf(node).parent),
    );
    if (declarations.length === 0 || seen.has(symbol)) return;
    seen.add(symbol);
    const own = exported.get(symbol);
    if (own === undefined) {
      if (symbol.flags & named) {
        found.add(`${path}: leans on ${symbol.name}, which is not exported`);
      }
      // A list of names, say, whose elements are a type.
      if (symbol.flags & ts.SymbolFlags.Variable) return;
    }
    for (const node of declarations) visit(node, own ?? path);
  };

  for (const [symbol, name] of exported) {
    documented(symbol, name);
    follow(symbol, name);
    // Members that no declaration spells out, such as those of mapped types.
    const type =
      symbol.flags & named
        ? checker.getDeclaredTypeOfSymbol(symbol)
        : checker.getTypeOfSymbol(symbol);
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) continue;
    if (checker.isTupleType(type)) continue;
    for (const member of checker.getPropertiesOfType(type)) {
      const places = member.declarations ?? [];
      const shown = member.name !== 'prototype' && !member.name.includes('#');
      if (shown && places.every(isOurs)) documented(member, `${name}.${member.name}`);
    }
  }
  return [...found];
}

/** The statement that declares a name. */
function declarationOf(node) {
  return ts.isVariableDeclaration(node) ? node.parent.parent : node;
}

/** @throws {Failure} when a name has no text, or leans on a type that is not exported */
export function checkTypes() {
  const program = open();
  const errors = ts.getPreEmitDiagnostics(program);
  if (errors.length > 0) {
    const host = {
      getCanonicalFileName: String,
      getCurrentDirectory: () => dist,
      getNewLine: () => '\n',
    };
    throw new Failure(ts.formatDiagnostics(errors, host));
  }
  const list = faults(program);
  if (list.length > 0) throw new Failure(`What the editor shows:\n${list.join('\n')}`);
}

if (isMain(import.meta.url)) {
  try {
    checkTypes();
  } catch (error) {
    exitWith(error);
  }
}
