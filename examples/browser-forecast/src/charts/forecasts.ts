import uPlot from 'uplot';
import type { Example } from '../problem.ts';
import { followSize } from './size.ts';
import { color, faded, onThemeChange } from './theme.ts';

/** How many earlier forecasts stay as faint lines. */
const TRAIL = 5;

/** How many of the steps that the network reads are drawn. */
const PAST = 30;

/** One small chart a series: the past, the actual future, and the forecast over it. */
export class ForecastCharts {
  readonly #charts: ForecastChart[];

  constructor(host: HTMLElement, shown: readonly Example[]) {
    this.#charts = shown.map((series, index) => new ForecastChart(host, series, index + 1));
    onThemeChange(() => this.draw());
  }

  /** Takes the forecasts away: no network yet. */
  reset(): void {
    for (const chart of this.#charts) chart.reset();
  }

  /** One new forecast for each series; the one before joins the trail. */
  add(forecasts: readonly Float32Array[]): void {
    this.#charts.forEach((chart, index) => {
      const forecast = forecasts[index];
      if (forecast) chart.add(forecast);
    });
  }

  /** Puts what was added on the screen: at most once a frame. */
  draw(): void {
    for (const chart of this.#charts) chart.draw();
  }
}

class ForecastChart {
  readonly #plot: uPlot;
  readonly #host = document.createElement('div');
  readonly #error = document.createElement('span');
  readonly #series: Example;
  readonly #name: string;
  #forecasts: Float32Array[] = [];

  constructor(parent: HTMLElement, series: Example, number: number) {
    this.#series = series;
    this.#name = `Series ${number}`;
    const figure = document.createElement('figure');
    const caption = document.createElement('figcaption');
    const name = document.createElement('span');
    name.textContent = this.#name;
    caption.append(name, this.#error);
    this.#host.className = 'chart';
    this.#host.setAttribute('role', 'img');
    figure.append(caption, this.#host);
    parent.append(figure);
    this.#plot = new uPlot(options(this.#host, series), [[]], this.#host);
    followSize(this.#plot, this.#host);
    this.reset();
  }

  reset(): void {
    this.#forecasts = [];
    this.draw();
  }

  add(forecast: Float32Array): void {
    this.#forecasts = [forecast, ...this.#forecasts].slice(0, TRAIL + 1);
  }

  draw(): void {
    const { past, future } = this.#series;
    const length = past.length + future.length;
    const steps = Array.from({ length }, (_, step) => step - past.length + 1);
    const actual = [...past, ...future];
    // A forecast's line starts at the last value that the network saw.
    const lines = Array.from({ length: TRAIL + 1 }, (_, age) => {
      const forecast = this.#forecasts[age];
      if (!forecast) return steps.map(() => null);
      return steps.map((step) =>
        step < 0 ? null : step === 0 ? actual[past.length - 1] : forecast[step - 1],
      );
    });
    this.#plot.setData([steps, actual, ...lines.toReversed()] as uPlot.AlignedData);
    this.#describe();
  }

  #describe(): void {
    const forecast = this.#forecasts[0];
    const error = forecast && meanSquare(forecast, this.#series.future).toPrecision(2);
    this.#error.textContent = error ? `error ${error}` : '';
    const what = error ? `mean squared error of the forecast ${error}` : 'no forecast yet';
    this.#host.setAttribute('aria-label', `${this.#name}: ${what}`);
  }
}

function options(host: HTMLElement, series: Example): uPlot.Options {
  const axis = {
    stroke: () => color('--ink-soft'),
    grid: { stroke: () => color('--grid'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const trail = Array.from({ length: TRAIL }, (_, index) => ({
    stroke: () => faded('--forecast', 0.08 + (0.3 * (index + 1)) / TRAIL),
    width: 1.5,
    points: { show: false },
  }));
  return {
    width: Math.max(host.clientWidth, 1),
    height: host.clientHeight,
    cursor: { show: false },
    legend: { show: false },
    padding: [6, 14, 0, 0],
    scales: {
      x: { time: false, range: [-PAST, series.future.length + 0.5] },
      y: { range: [-1, 1] },
    },
    axes: [
      {
        ...axis,
        size: 22,
        splits: [-20, -10, 0, 10],
        values: (_, steps) =>
          steps.map((step) => (step > 0 ? `+${step}` : String(step).replace('-', '−'))),
      },
      {
        ...axis,
        size: 30,
        splits: [-1, 0, 1],
        values: (_, values) => values.map((value) => String(value).replace('-', '−')),
      },
    ],
    series: [
      {},
      { stroke: () => color('--actual'), width: 1.5, points: { show: false } },
      ...trail,
      {
        stroke: () => color('--forecast'),
        width: 2.5,
        points: { show: true, size: 5, fill: () => color('--forecast') },
      },
    ],
    hooks: { drawClear: [shadeFuture] },
  };
}

/** A tinted ground under the steps that the network has not seen. */
function shadeFuture(plot: uPlot): void {
  const { left, top, width, height } = plot.bbox;
  const start = plot.valToPos(0, 'x', true);
  plot.ctx.save();
  plot.ctx.fillStyle = faded('--forecast', 0.08);
  plot.ctx.fillRect(start, top, left + width - start, height);
  plot.ctx.restore();
}

function meanSquare(forecast: Float32Array, actual: Float32Array): number {
  let sum = 0;
  actual.forEach((value, step) => {
    sum += (value - (forecast[step] ?? Number.NaN)) ** 2;
  });
  return sum / actual.length;
}
