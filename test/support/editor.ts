import { join } from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '../..');
const file = join(root, 'test', 'snippet.ts');

/** What stands before every snippet. */
const head = `
import { layers, load, losses, type Model, optimizers, sequential, tensor } from 'unrolled';
const series = { inputShape: [null, 3] } as const;
const model = sequential([layers.lstm(20), layers.dense(1)], series);
declare const sequences: number[][][], vectors: number[][], scalars: number[];
`;

const words = (parts: readonly ts.SymbolDisplayPart[] | undefined) =>
  (parts ?? []).map(({ text }) => text).join('');

/** What an editor shows of snippets that use this library. */
export function openEditor() {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  let text = head;
  let version = 0;
  const service = ts.createLanguageService({
    getScriptFileNames: () => [file],
    getScriptVersion: (name) => (name === file ? String(version) : '0'),
    getScriptSnapshot(name) {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => ({ ...options, noUnusedLocals: false }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
  });
  const write = (snippet: string) => {
    text = `${head}${snippet}`;
    version++;
  };

  return {
    /** What is shown over the last place where the snippet says `word`. */
    hover(snippet: string, word: string): string {
      write(snippet);
      return words(service.getQuickInfoAtPosition(file, text.lastIndexOf(word))?.displayParts);
    },
    /** The errors: the code that is underlined, and the text in one piece. */
    errors(snippet: string): { at: string; says: string }[] {
      write(snippet);
      const found = [
        ...service.getSyntacticDiagnostics(file),
        ...service.getSemanticDiagnostics(file),
      ];
      return found.map(({ start = 0, length = 0, messageText }) => ({
        at: text.slice(start, start + length),
        says: ts.flattenDiagnosticMessageText(messageText, '\n'),
      }));
    },
    /** The signatures that are shown at the end of an unfinished call. */
    signatures(snippet: string): string[] {
      write(snippet);
      const { items = [] } = service.getSignatureHelpItems(file, text.length, {}) ?? {};
      return items.map(({ prefixDisplayParts, parameters, suffixDisplayParts }) =>
        [
          words(prefixDisplayParts),
          parameters.map(({ displayParts }) => words(displayParts)).join(', '),
          words(suffixDisplayParts),
        ].join(''),
      );
    },
  };
}
