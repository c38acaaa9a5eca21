/** The span over which a speed is an average, in milliseconds. */
const SPAN = 2000;

/** How many sequences a second go through the network, averaged over the last two seconds. */
export class Speed {
  #marks: { time: number; sequences: number }[] = [];

  /** Forgets what was counted, so that a pause does not look like slow training. */
  restart(): void {
    this.#marks = [];
  }

  /** Notes that `sequences` are done since the training began. */
  note(sequences: number): void {
    const time = performance.now();
    this.#marks.push({ time, sequences });
    while (this.#marks.length > 2 && time - (this.#marks[1]?.time ?? time) >= SPAN)
      this.#marks.shift();
  }

  /** Undefined until there are two marks. */
  perSecond(): number | undefined {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (!first || !last || last.time <= first.time) return undefined;
    return (1000 * (last.sequences - first.sequences)) / (last.time - first.time);
  }
}
