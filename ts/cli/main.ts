import { run } from './program.ts';

// `unrolled … | head` closes the pipe early; that is no error. A full disk behind stdout is one.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return;
  process.exitCode = 1;
  process.stderr.write(`unrolled: the output cannot be written: ${message}\n`);
});
// There is nobody left to tell.
process.stderr.on('error', () => {});

const code = await run(process.argv.slice(2));
if (code !== 0) process.exitCode = code;
