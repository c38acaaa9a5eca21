import 'uplot/dist/uPlot.min.css';
import './style.css';
import { ForecastCharts } from './charts/forecasts.ts';
import { LossChart } from './charts/loss.ts';
import { Frames } from './frames.ts';
import { enter, page, settings, state, write } from './page.ts';
import { problem } from './problem.ts';
import { Speed } from './speed.ts';
import { type Epoch, Training } from './training.ts';

const series = problem();
const loss = new LossChart(page.loss, series.naive);
const forecasts = new ForecastCharts(page.forecasts, series.examples);
const frames = new Frames(page.frames);
const speed = new Speed();
let training: Training | undefined;
let epochs = 1;
/** Least time between two refreshes of the figures, in milliseconds. */
const REFRESH = 200;
let refreshed = 0;
/** Whether there is something that the charts do not show yet. */
let stale = false;

async function start(): Promise<void> {
  const chosen = settings();
  epochs = chosen.epochs;
  loss.reset(epochs);
  forecasts.reset();
  frames.restart();
  speed.restart();
  page.progress.value = 0;
  page.save.disabled = true;
  write(page.forecastEpoch, 'no training');
  for (const figure of [page.epoch, page.valLoss, page.gain, page.speed]) write(figure, '–');
  enter('running', `Training ${page.cell.selectedOptions[0]?.text} in a worker.`);
  try {
    await training?.dispose();
    training = new Training(series, chosen, { onProgress, onEpoch });
    const completed = await training.finished();
    enter(completed ? 'finished' : 'stopped', completed ? 'Finished.' : 'Stopped.');
    page.save.disabled = false;
  } catch (error) {
    enter('failed', message(error));
  }
}

function onProgress(epoch: number, current: number, sequences: number): void {
  loss.tip({ epoch, loss: current });
  speed.note(sequences);
  page.progress.value = epoch / epochs;
  stale = true;
}

function onEpoch(result: Epoch): void {
  loss.add(result);
  forecasts.add(result.forecasts);
  page.progress.value = result.epoch / epochs;
  write(page.epoch, `${result.epoch} of ${epochs}`);
  write(page.valLoss, result.valLoss.toPrecision(3));
  write(page.gain, gain(series.naive / result.valLoss));
  write(page.forecastEpoch, result.epoch === 1 ? '1 epoch' : `${result.epoch} epochs`);
  stale = true;
}

/** How many times smaller the loss is than the naive forecast's. */
function gain(ratio: number): string {
  return ratio >= 1 ? `${ratio.toFixed(1)} ×` : 'not yet';
}

async function pauseOrResume(): Promise<void> {
  if (state() === 'paused') {
    speed.restart();
    enter('running', 'Training goes on.');
    training?.resume();
    return;
  }
  await training?.pause();
  if (state() === 'running') enter('paused', 'Paused: nothing is computed until you resume.');
}

function stop(): void {
  enter('stopping', 'Stopping after the current batch.');
  training?.stop();
}

async function save(): Promise<void> {
  try {
    await training?.save(`${page.cell.value}.safetensors`);
  } catch (error) {
    enter('failed', message(error));
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function frame(now: number): void {
  frames.tick(now);
  if (stale) {
    stale = false;
    loss.draw();
    forecasts.draw();
  }
  if (now - refreshed >= REFRESH) {
    refreshed = now;
    refresh();
  }
  requestAnimationFrame(frame);
}

/** Figures that change all the time, slowly enough to read them. */
function refresh(): void {
  frames.draw();
  const share = frames.inTime();
  write(page.smooth, share === undefined ? '–' : `${(100 * share).toFixed(share === 1 ? 0 : 1)} %`);
  const rate = speed.perSecond();
  if (rate !== undefined && state() === 'running') {
    write(page.speed, rate.toLocaleString('en', { maximumSignificantDigits: 3 }));
  }
}

page.controls.addEventListener('submit', (event) => {
  event.preventDefault();
  void start();
});
page.pause.addEventListener('click', () => void pauseOrResume());
page.stop.addEventListener('click', stop);
page.save.addEventListener('click', () => void save());
requestAnimationFrame(frame);
