import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';
import { forbidden } from '../../ts/engine/forbidden.ts';
import { layers, sequential } from '../../ts/index.ts';

const library = new URL('../../dist/index.js', import.meta.url).href;
const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

/** Predicts in a process of its own; gives the shape of the result, or the error. */
async function predict(flags: string[], thread: string, before = ''): Promise<string> {
  const code = `${before}
    const { layers, sequential } = await import(${JSON.stringify(library)});
    const options = { inputShape: [1], thread: '${thread}' };
    const model = sequential([layers.dense(1)], options);
    console.log(await model.predict([1]).then(({ shape }) => shape.join(), String));
    await model.dispose();`;
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [...flags, '--input-type=module', '-e', code]);
  return stdout.trim();
}

test.each([
  {
    where: "Node's permission model forbids workers",
    flags: [permission, '--allow-fs-read=*'],
    expected: /^UnrolledError: .*permission model.* --allow-worker, .*thread: 'main'$/,
    onMain: /^1,1$/,
  },
  {
    where: "Node's permission model allows workers",
    flags: [permission, '--allow-fs-read=*', '--allow-worker'],
    expected: /^1,1$/,
    onMain: /^1,1$/,
  },
  {
    where: 'WebAssembly is switched off',
    flags: ['--jitless'],
    expected: /^UnrolledError: There is no WebAssembly here: .*--jitless/,
    onMain: /^UnrolledError: There is no WebAssembly here/,
  },
  {
    where: 'Node is older than 20.16',
    flags: [],
    before: 'delete process.getBuiltinModule;',
    expected: /^UnrolledError: There are no workers here: .*Node 20\.16 or newer/,
    onMain: /^1,1$/,
  },
])('where $where, a call works or says why not', async ({ flags, before, expected, onMain }) => {
  expect(await predict(flags, 'worker', before)).toMatch(expected);
  expect(await predict(flags, 'main', before)).toMatch(onMain);
});

afterEach(() => void vi.restoreAllMocks());

test('WebAssembly without SIMD is told', async () => {
  vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
  const model = sequential([layers.dense(1)], { inputShape: [1] });
  await expect(model.predict([1])).rejects.toThrow(/without SIMD.*Firefox 89/);
});

test.each([
  "WebAssembly.compile(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because 'unsafe-eval' is not an allowed source of script",
  'call to WebAssembly.compile() blocked by CSP',
  "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script",
])('a policy that forbids WebAssembly is told as that: %s', (message) => {
  const cause = new WebAssembly.CompileError(message);
  expect(forbidden(cause)).toMatchObject({
    name: 'UnrolledError',
    message: expect.stringContaining("add 'wasm-unsafe-eval'"),
    cause,
  });
});

test('another error of the compiler is not a policy', () => {
  const cause = new WebAssembly.CompileError('WebAssembly.compile(): expected magic word @+0');
  expect(forbidden(cause)).toBeUndefined();
});
