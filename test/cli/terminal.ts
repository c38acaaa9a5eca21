import { run } from '../../ts/cli/program.ts';

/** Runs the command line in this process and gives what it wrote and its exit code. */
export async function unrolled(...argv: string[]) {
  let out = '';
  let err = '';
  const code = await run(argv, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    interactive: false,
  });
  return { code, out, err };
}
