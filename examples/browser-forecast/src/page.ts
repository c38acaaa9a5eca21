import { CELLS, type Cell } from './network.ts';
import type { Settings } from './training.ts';

/** What the page is doing; also the `data-state` of its body, for the style sheet and the tests. */
export type State = 'idle' | 'running' | 'paused' | 'stopping' | 'stopped' | 'finished' | 'failed';

/** The elements that the script reads or changes. */
export const page = {
  controls: element('controls', HTMLFormElement),
  cell: element('cell', HTMLSelectElement),
  rate: element('rate', HTMLSelectElement),
  epochs: element('epochs', HTMLInputElement),
  start: element('start', HTMLButtonElement),
  pause: element('pause', HTMLButtonElement),
  stop: element('stop', HTMLButtonElement),
  save: element('save', HTMLButtonElement),
  progress: element('progress', HTMLProgressElement),
  status: element('status', HTMLElement),
  epoch: element('epoch', HTMLElement),
  valLoss: element('val-loss', HTMLElement),
  gain: element('gain', HTMLElement),
  speed: element('speed', HTMLElement),
  smooth: element('smooth', HTMLElement),
  frames: element('frames', HTMLCanvasElement),
  loss: element('loss', HTMLElement),
  forecastEpoch: element('forecast-epoch', HTMLElement),
  forecasts: element('forecasts', HTMLElement),
};

/** What the controls are set to. */
export function settings(): Settings {
  const cell = CELLS.find((name) => name === page.cell.value) satisfies Cell | undefined;
  if (!cell) throw new Error(`No network is called ${page.cell.value}`);
  return { cell, learningRate: Number(page.rate.value), epochs: page.epochs.valueAsNumber };
}

/** Allows the buttons that make sense in the state `next`, and says in words what goes on. */
export function enter(next: State, text: string): void {
  document.body.dataset.state = next;
  page.status.textContent = text;
  const active = next === 'running' || next === 'paused';
  const busy = active || next === 'stopping';
  page.start.disabled = busy;
  page.cell.disabled = busy;
  page.rate.disabled = busy;
  page.epochs.disabled = busy;
  page.pause.disabled = !active;
  page.pause.textContent = next === 'paused' ? 'Resume' : 'Pause';
  page.stop.disabled = !active;
}

/** What the page is doing. */
export function state(): State {
  return (document.body.dataset.state ?? 'idle') as State;
}

/** Sets a text without touching the page when it is the same. */
export function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

function element<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} with the id ${id}`);
  return found;
}
