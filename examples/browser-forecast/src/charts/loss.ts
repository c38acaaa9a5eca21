import uPlot from 'uplot';
import { followSize } from './size.ts';
import { color, onThemeChange } from './theme.ts';

/** A point of the curve. `epoch` counts from 1; a fraction is an epoch still under way. */
export interface LossPoint {
  epoch: number;
  loss: number;
  valLoss?: number;
}

/** The loss over the epochs on a logarithmic axis, beside the naive forecast's. */
export class LossChart {
  readonly #plot: uPlot;
  readonly #host: HTMLElement;
  readonly #naive: number;
  #epochs = 1;
  #done: LossPoint[] = [];
  #tip: LossPoint | undefined;

  constructor(host: HTMLElement, naive: number) {
    this.#host = host;
    this.#naive = naive;
    const axis = {
      stroke: () => color('--ink-soft'),
      grid: { stroke: () => color('--grid'), width: 1 },
      ticks: { show: false },
      font: '12px system-ui, sans-serif',
    };
    this.#plot = new uPlot(
      {
        width: Math.max(host.clientWidth, 1),
        height: host.clientHeight,
        cursor: { points: { show: false }, drag: { x: false, y: false } },
        legend: { show: false },
        padding: [8, 8, 0, 0],
        scales: {
          x: { time: false, range: () => [0, this.#epochs] },
          y: { distr: 3, range: (_, low, high) => this.#range(low, high) },
        },
        axes: [
          { ...axis, label: 'epoch', labelSize: 20, labelFont: axis.font, size: 28 },
          {
            ...axis,
            size: 46,
            splits: (_, __, low, high) => ticks(low, high),
            values: (_, splits) => splits.map(String),
          },
        ],
        series: [
          {},
          { label: 'training', stroke: () => color('--train'), width: 2, points: { show: false } },
          {
            label: 'validation',
            stroke: () => color('--validation'),
            width: 2.5,
            points: { show: false },
            spanGaps: true,
          },
          {
            label: 'naive',
            stroke: () => color('--naive'),
            width: 1.5,
            dash: [6, 5],
            points: { show: false },
          },
        ],
      },
      [
        [0, 1],
        [null, null],
        [null, null],
        [naive, naive],
      ],
      host,
    );
    followSize(this.#plot, host);
    onThemeChange(() => this.#plot.redraw());
    this.reset(this.#epochs);
  }

  /** An empty curve over `epochs`. */
  reset(epochs: number): void {
    this.#epochs = epochs;
    this.#done = [];
    this.#tip = undefined;
    this.#host.setAttribute('aria-label', 'Loss: no epoch trained yet');
    this.draw();
  }

  /** Adds a finished epoch. */
  add(point: LossPoint): void {
    this.#done.push(point);
    this.#tip = undefined;
  }

  /** Moves the live end of the curve, inside an epoch; the mean of its first batches says too little. */
  tip(point: LossPoint): void {
    this.#tip = point.epoch - this.#done.length < 0.25 ? undefined : point;
  }

  /** Puts what was added on the screen: at most once a frame. */
  draw(): void {
    const points = this.#tip ? [...this.#done, this.#tip] : this.#done;
    // The dashed line spans the whole axis, so its ends are points without a loss.
    const epochs = [0, ...points.map((point) => point.epoch), this.#epochs];
    const loss = [null, ...points.map((point) => point.loss), null];
    const valLoss = [null, ...points.map((point) => point.valLoss ?? null), null];
    this.#plot.setData([epochs, loss, valLoss, epochs.map(() => this.#naive)]);
    const last = this.#done.at(-1);
    if (!last) return;
    const text =
      `Loss after epoch ${last.epoch} of ${this.#epochs}: training ${last.loss.toPrecision(3)}, ` +
      `validation ${last.valLoss?.toPrecision(3)}; naive forecast ${this.#naive.toPrecision(3)}`;
    this.#host.setAttribute('aria-label', text);
  }

  /** The losses' range with some air, never less than the way from the naive score to a fifth of it. */
  #range(low: number | null, high: number | null): [number, number] {
    const least = Math.min(low ?? this.#naive, this.#naive / 5) * 0.85;
    const most = Math.max(high ?? this.#naive, this.#naive) * 1.3;
    return [least, most];
  }
}

/** 1, 2 and 5 times the powers of ten between `low` and `high`. */
function ticks(low: number, high: number): number[] {
  const powers = Array.from(
    { length: Math.ceil(Math.log10(high)) - Math.floor(Math.log10(low)) + 1 },
    (_, index) => Math.floor(Math.log10(low)) + index,
  );
  return powers
    .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
    .filter((value) => value >= low && value <= high);
}
