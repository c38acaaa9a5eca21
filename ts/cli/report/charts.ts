import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Findings } from '../../forecast/index.ts';
import { stepsName, timeAt } from '../../table/index.ts';
import { nameOf, RIVALS } from '../forecast/words.ts';
import { maeByStep } from './maeByStep.ts';

const COLORS = {
  actual: 'var(--ink)',
  model: 'var(--model)',
  naive: 'var(--naive)',
  seasonalNaive: 'var(--seasonal)',
  linear: 'var(--linear)',
};

interface Point {
  date: Date;
  value: number;
  low?: number;
  high?: number;
  /** Which forecast a point belongs to, so that lines do not join two. */
  line?: number;
}

/** The end of the known series and the forecast with its interval. */
export function futureChart(result: Findings): string {
  const { series, forecast, settings, split } = result;
  const known = knownPoints(
    result,
    split.length - Math.min(split.length, Math.max(30, 6 * settings.horizon)),
  );
  const last = known.at(-1) as Point;
  const ahead: Point[] = forecast.map(({ value, low, high }, h) => {
    return { date: new Date(timeAt(series.timeline, split.length + h)), value, low, high };
  });
  const fan = [{ ...last, low: last.value, high: last.value }, ...ahead];
  return draw({
    y: { label: series.targetName, grid: true },
    marks: [
      Plot.areaY(fan, { x: 'date', y1: 'low', y2: 'high', fill: COLORS.model, fillOpacity: 0.2 }),
      Plot.lineY(known, { x: 'date', y: 'value', stroke: COLORS.actual, strokeWidth: 1.5 }),
      Plot.lineY(fan, { x: 'date', y: 'value', stroke: COLORS.model, strokeWidth: 2 }),
      Plot.dot(ahead, {
        x: 'date',
        y: 'value',
        fill: COLORS.model,
        r: dotSize(ahead.length),
        title: (p: Point) => pointTitle(p),
      }),
    ],
  });
}

/** The end of the held-out part with every `horizon`-th forecast and its interval. */
export function holdoutChart(result: Findings): string {
  const { series, held, interval, split, settings } = result;
  const { horizon, origins, values } = held.model;
  const from = Math.max(split.holdoutStart, split.length - Math.max(120, 12 * horizon));
  const points = separateWindows(origins, horizon, from).flatMap((i): Point[] => {
    const t = origins[i] as number;
    return Array.from({ length: horizon }, (_, h) => {
      const value = values[i * horizon + h] as number;
      return {
        date: new Date(timeAt(series.timeline, t + h)),
        value,
        low: value + (interval.low[h] as number),
        high: value + (interval.high[h] as number),
        line: t,
      };
    });
  });
  const style = { x: 'date', z: 'line' } as const;
  const single = settings.horizon === 1;
  return draw({
    y: { label: series.targetName, grid: true },
    marks: [
      Plot.areaY(points, {
        ...style,
        ...(single ? { z: null } : {}),
        y1: 'low',
        y2: 'high',
        fill: COLORS.model,
        fillOpacity: 0.18,
      }),
      Plot.lineY(knownPoints(result, from), {
        x: 'date',
        y: 'value',
        stroke: COLORS.actual,
        strokeWidth: 1.5,
      }),
      Plot.lineY(points, {
        ...style,
        ...(single ? { z: null } : {}),
        y: 'value',
        stroke: COLORS.model,
        strokeWidth: 2,
      }),
      Plot.dot(points, {
        x: 'date',
        y: 'value',
        fill: COLORS.model,
        r: 1.5,
        title: (p: Point) => pointTitle(p),
      }),
    ],
  });
}

/** Indices of windows after step `from` that do not overlap, chosen from the last one backwards. */
function separateWindows(origins: number[], horizon: number, from: number): number[] {
  const chosen: number[] = [];
  let free = Number.POSITIVE_INFINITY;
  for (let i = origins.length - 1; i >= 0 && (origins[i] as number) >= from; i--) {
    if ((origins[i] as number) + horizon > free) continue;
    free = origins[i] as number;
    chosen.unshift(i);
  }
  return chosen;
}

/** Mean absolute error of each forecaster, step by step into the future. */
export function errorChart(result: Findings): string {
  // The model last, on top of the others.
  const rows = ([...RIVALS, 'model'] as const).flatMap((who) => {
    return maeByStep(result.series.target, result.held[who]).map((mae, h) => {
      return { who: nameOf(result, who), key: who, step: h + 1, mae };
    });
  });
  return draw({
    x: {
      label: `${stepsName(result.series.timeline.step)} ahead`,
      ticks: wholeTicks(result.settings.horizon),
      tickFormat: 'd',
    },
    y: { label: 'mean absolute error', grid: true, zero: true, nice: true },
    marks: [
      Plot.ruleY([0], { stroke: 'currentColor', strokeOpacity: 0.4 }),
      Plot.lineY(rows, {
        x: 'step',
        y: 'mae',
        z: 'key',
        stroke: (r: { key: keyof typeof COLORS }) => COLORS[r.key],
        strokeWidth: 2,
      }),
      Plot.dot(rows, {
        x: 'step',
        y: 'mae',
        fill: (r: { key: keyof typeof COLORS }) => COLORS[r.key],
        r: dotSize(result.settings.horizon),
        title: (r: { who: string; mae: number }) => `${r.who}: ${r.mae.toPrecision(4)}`,
      }),
    ],
  });
}

/** Training and validation loss after each epoch. */
export function learningChart({ training: { curve } }: Findings): string {
  const line = (losses: number[]) => losses.map((loss, i) => ({ epoch: i + 1, loss }));
  const best = line(curve.valLoss)[curve.best];
  const losses = [...curve.loss, ...curve.valLoss];
  const type = Math.max(...losses) > 10 * Math.min(...losses) ? 'log' : 'linear';
  return draw({
    x: { label: 'epoch', ticks: wholeTicks(curve.loss.length), tickFormat: 'd' },
    y: { label: 'loss', grid: true, type, tickFormat: '~g' },
    marks: [
      Plot.lineY(line(curve.loss), {
        x: 'epoch',
        y: 'loss',
        stroke: COLORS.actual,
        strokeWidth: 1.5,
      }),
      Plot.lineY(line(curve.valLoss), {
        x: 'epoch',
        y: 'loss',
        stroke: COLORS.model,
        strokeWidth: 2,
      }),
      Plot.dot(best === undefined ? [] : [best], {
        x: 'epoch',
        y: 'loss',
        stroke: COLORS.model,
        fill: 'var(--paper)',
        strokeWidth: 2,
        r: 5,
      }),
    ],
  });
}

function knownPoints({ series, split }: Findings, from: number): Point[] {
  return Array.from({ length: split.length - from }, (_, i) => {
    return {
      date: new Date(timeAt(series.timeline, from + i)),
      value: series.target[from + i] as number,
    };
  });
}

/** Dots that do not hide their line where there are many. */
const dotSize = (steps: number) => (steps > 60 ? 0 : steps > 24 ? 1.5 : 3);

/** At most twelve whole numbers from 1 to `last`. */
function wholeTicks(last: number): number[] {
  const stride = Math.ceil(last / 12);
  return Array.from({ length: Math.floor(last / stride) }, (_, i) => (i + 1) * stride);
}

function pointTitle({ date, value, low, high }: Point): string {
  return `${date.toISOString().slice(0, 16).replace('T00:00', '')}: ${value.toPrecision(4)} (${low?.toPrecision(4)} to ${high?.toPrecision(4)})`;
}

function draw(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const plot = (marginLeft: number) =>
    Plot.plot({
      document: document as unknown as Document,
      width: 860,
      height: 300,
      marginTop: 30,
      marginLeft,
      marginRight: 24,
      marginBottom: 36,
      style: { fontSize: '13px', background: 'transparent' },
      ...options,
    });
  // Drawn twice: how wide the numbers beside the axis are is known only from a drawing.
  return plot(labelWidth(plot(0))).outerHTML;
}

/** Room for the numbers of the vertical axis with their ticks: 8 is the width of a digit in 13 px type. */
function labelWidth(plot: Element): number {
  const labels = [...plot.querySelectorAll('[aria-label="y-axis tick label"] text')];
  return 16 + 8 * Math.max(3, ...labels.map(({ textContent }) => textContent.length));
}
