import { breathe } from '../breathe.ts';
import { type Answer, commands, type Command, type Directive } from './protocol.ts';

/** Most turns of a loop between two looks at the clock. */
const mostTurns = 64;
/** Milliseconds between two looks at the clock, about. */
const lookEvery = 0.5;

/**
 * Says when a loop of batches should give way to the event loop. A look at the clock can cost as much
 * as a fortieth of the smallest model's step, so where turns cost about the same the clock is left
 * alone for as many as fit into half a millisecond, by the time that the last ones took.
 */
export class Pulse {
  readonly #slice: number;
  readonly #mostTurns: number;
  #last = performance.now();
  #looked = this.#last;
  /** Turns from one look to the next, and those that are left. */
  #turns = 1;
  #left = 1;

  /**
   * @param slice - longest time without giving way, in milliseconds; 0 gives way at every turn
   * @param steady - whether turns cost about the same; else the clock is looked at in each
   */
  constructor(slice: number, steady: boolean) {
    this.#slice = slice;
    this.#mostTurns = steady && slice > 0 ? mostTurns : 1;
  }

  /** Whether it is time; asked once a turn. */
  due(): boolean {
    this.#left -= 1;
    if (this.#left > 0) return false;
    const now = performance.now();
    const turn = (now - this.#looked) / this.#turns;
    this.#turns = Math.max(
      1,
      Math.min(this.#mostTurns, 2 * this.#turns, Math.floor(lookEvery / turn)),
    );
    this.#left = this.#turns;
    this.#looked = now;
    return now - this.#last >= this.#slice;
  }

  /** Gives way. */
  async rest(): Promise<void> {
    await breathe();
    this.#last = performance.now();
    this.#looked = this.#last;
    this.#left = this.#turns;
  }
}

/** What a run should be doing: from shared memory where there is some, and from messages. */
export class Control {
  /** Whether the caller's side may answer to the end of an epoch. */
  attended = false;
  readonly #flag: Int32Array | undefined;
  readonly #pulse: Pulse;
  #command: Command = 'run';
  /** Whether a command has come as a message. */
  #told = false;
  #wake: (() => void) | undefined;

  /** @param steady - whether all batches cost about the same */
  constructor(slice: number, steady: boolean, flag?: Int32Array) {
    this.#pulse = new Pulse(slice, steady);
    this.#flag = flag;
  }

  /** The command that was heard last, or a later one in shared memory. */
  get command(): Command {
    if (this.#flag === undefined) return this.#command;
    return commands[Atomics.load(this.#flag, 0)] ?? 'run';
  }

  /** Takes a message; a command wakes a paused run. */
  set(directive: Directive): void {
    if (directive === 'attend') this.attended = true;
    else {
      this.#told = true;
      this.#turn(directive);
    }
  }

  /**
   * Takes an answer to an event. The first one holds what was said before this run could hear
   * messages. One that comes after a message can be older than it: of that, only what is final counts.
   */
  obey({ command, attended }: Answer): void {
    if (attended) this.attended = true;
    const final = command === 'stop' || command === 'abort';
    if (final || !this.#told) this.#turn(command);
  }

  /** Whether {@link gate} has something to do; asked between any two batches. */
  due(): boolean {
    return this.command !== 'run' || this.#pulse.due();
  }

  /**
   * Gives way to the event loop, waits while the run is paused, and says how to go on.
   * @param paused - called when a pause begins
   */
  async gate(paused: () => void): Promise<'run' | 'stop' | 'abort'> {
    await this.#pulse.rest();
    let told = false;
    for (;;) {
      const command = this.command;
      if (command !== 'pause') return command;
      if (!told) {
        told = true;
        paused();
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
  }

  /** Waits for something; false when a command other than to run comes before it. */
  async until(done: Promise<unknown>): Promise<boolean> {
    while (this.command === 'run') {
      const came = await new Promise<boolean>((resolve) => {
        this.#wake = () => resolve(false);
        const settled = () => resolve(true);
        done.then(settled, settled);
      });
      this.#wake = undefined;
      if (came) return true;
    }
    return false;
  }

  #turn(command: Command): void {
    this.#command = command;
    this.#wake?.();
  }
}
