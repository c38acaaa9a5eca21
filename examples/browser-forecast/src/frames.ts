import { color } from './charts/theme.ts';

/** A frame longer than this is one that a person sees, in milliseconds. */
export const LONG_FRAME = 50;

/** How many frames are remembered: about ten seconds' worth. */
const REMEMBERED = 600;

/** How many of them the little chart shows. */
const BARS = 48;

/** Watches how long frames take, to show that training leaves the page alone. */
export class Frames {
  readonly #canvas: HTMLCanvasElement;
  #lengths: number[] = [];
  #last: number | undefined;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    document.addEventListener('visibilitychange', () => this.restart());
  }

  /** Forgets the frames so far. */
  restart(): void {
    this.#lengths = [];
    this.#last = undefined;
  }

  /** Notes a frame that began at `now`, in milliseconds. */
  tick(now: number): void {
    if (this.#last !== undefined) this.#lengths.push(now - this.#last);
    if (this.#lengths.length > REMEMBERED) this.#lengths.shift();
    this.#last = now;
  }

  /** Share of frames that were not long, between 0 and 1; undefined until a second has passed. */
  inTime(): number | undefined {
    if (this.#lengths.length < 30) return undefined;
    return this.#lengths.filter((length) => length <= LONG_FRAME).length / this.#lengths.length;
  }

  /** Draws the last frames as bars; the line is where a frame becomes long. */
  draw(): void {
    const canvas = this.#canvas;
    const scale = devicePixelRatio;
    const width = Math.round(canvas.clientWidth * scale);
    const height = Math.round(canvas.clientHeight * scale);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext('2d');
    if (!context) return;
    context.clearRect(0, 0, width, height);
    const perPixel = height / (LONG_FRAME * 1.25);
    const step = width / BARS;
    this.#lengths.slice(-BARS).forEach((length, index) => {
      context.fillStyle = color(length > LONG_FRAME ? '--naive' : '--accent');
      const bar = Math.min(height, length * perPixel);
      context.fillRect(index * step, height - bar, Math.max(1, step - scale), bar);
    });
    context.fillStyle = color('--line');
    context.fillRect(0, Math.round(height - LONG_FRAME * perPixel), width, Math.max(1, scale));
    const share = this.inTime();
    const text =
      share === undefined
        ? 'Frame lengths'
        : `Frame lengths; ${Math.round(share * 100)} % at most ${LONG_FRAME} ms`;
    if (canvas.getAttribute('aria-label') !== text) canvas.setAttribute('aria-label', text);
  }
}
