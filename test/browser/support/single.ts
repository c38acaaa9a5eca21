import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** What a page of one file is given. */
export interface SingleOptions {
  /** A Content-Security-Policy. */
  csp?: string;
  /** Attributes of its root, which its script reads. */
  attributes?: string;
}

/** Bundles pages/single and gives pages of one HTML file, with everything inside. */
export async function singlePages(): Promise<(options?: SingleOptions) => string> {
  const { outputFiles } = await build({
    entryPoints: [resolve('test/browser/pages/single/main.ts')],
    alias: { unrolled: resolve('dist/index.js') },
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  const script = (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script');
  return ({ csp, attributes = '' } = {}) => {
    const policy = csp && `<meta http-equiv="Content-Security-Policy" content="${csp}">`;
    return `<!doctype html><html lang="en" ${attributes}><head><meta charset="utf-8"><title>One file</title>${policy ?? ''}</head><body><script type="module">${script}</script></body></html>`;
  };
}

/** A page around another one, which has no origin; it shows what that one says. */
export function sandboxed(html: string): string {
  const inner = html.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<!doctype html><html lang="en"><body><script>
addEventListener('message', ({ data }) => {
  document.body.textContent = data;
  document.body.dataset.done = 'yes';
});
</script><iframe sandbox="allow-scripts" srcdoc="${inner}"></iframe></body></html>`;
}

/** Writes a page to disk; gives its file: address to `use`. */
export async function onDisk<T>(html: string, use: (address: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'unrolled-single-'));
  try {
    const file = join(folder, 'index.html');
    await writeFile(file, html);
    return await use(pathToFileURL(file).href);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
