/** One implementation's process. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { root } from '../../scripts/lib/paths.mjs';

/** A child that takes longer than this over one request is ended. */
const PATIENCE_MS = 180_000;

export class Child {
  #process;
  #lines;
  #errors = '';

  /** @param {import('./implementations.mjs').Implementation} implementation */
  constructor({ command, args }) {
    this.#process = spawn(command, args, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stderr.setEncoding('utf8').on('data', (text) => {
      this.#errors = (this.#errors + text).slice(-2000);
    });
    this.#process.stdin.on('error', () => {}); // the missing answer says it
    this.failed = new Promise((_, reject) => {
      this.#process.on('error', reject);
      this.#process.on('close', (code, signal) => {
        const lines = this.#errors.trim().split('\n');
        const last = lines.find((line) => /Error\b/.test(line)) ?? lines.at(-1);
        reject(new Error(`ended with ${signal ?? `exit code ${code}`}${last ? `: ${last}` : ''}`));
      });
    });
    this.failed.catch(() => {});
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** The next message; other lines are passed over. */
  async #message() {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer in ${PATIENCE_MS / 1000} s`));
        this.#process.kill('SIGKILL');
      }, PATIENCE_MS);
    });
    try {
      for (;;) {
        const next = this.#lines.next().then(({ value, done }) => (done ? this.failed : value));
        const line = await Promise.race([next, late, this.failed]);
        if (line.startsWith('{')) return JSON.parse(line);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Resolves with the versions of what it measures once the child can be asked. */
  async ready() {
    return (await this.#message()).versions;
  }

  /** @returns {Promise<{ samples: number[] } & Record<string, unknown>>} */
  async ask(request) {
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    const answer = await this.#message();
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  close() {
    this.#process.stdin.end();
    setTimeout(() => this.#process.kill('SIGKILL'), 2000).unref();
  }
}
