import type { Findings } from '../../forecast/index.ts';
import { countSteps } from '../../table/index.ts';
import {
  describeData,
  describeHoldout,
  describeModel,
  describeSplit,
  lagName,
  forecastCells,
  metricsRows,
} from '../forecast/text.ts';
import { nameOf, percent, RIVALS, verdict, winner } from '../forecast/words.ts';
import { errorChart, futureChart, holdoutChart, learningChart } from './charts.ts';
import { STYLE } from './style.ts';

/** One HTML file that needs nothing from anywhere: style and pictures are inside. */
export function reportHtml(result: Findings): string {
  const { series, settings, interval, coverage, training } = result;
  const { step } = series.timeline;
  const { horizon } = settings;
  const steps = horizon === 1 ? step.name : countSteps(step, horizon);
  const title = `${series.targetName}: the next ${steps}`;
  const level = percent(interval.level);
  const dropout = settings.model !== 'linear' && settings.recurrentDropout > 0;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(describeData(result))}</p>
${series.notes.length > 0 ? `<ul>${series.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>` : ''}
<p class="verdict">${escapeHtml(verdict(result))}</p>

<section>
<h2>The future</h2>
${figure(futureChart(result), legend(['actual', 'known'], ['model', `forecast, with the ${level} interval`]), 'right')}
${forecastTable(result)}
<p>The interval is learned from the model's errors on the validation part: it is meant to hold ${level} of the
values. On the held-out part it held ${percent(coverage)}.</p>
</section>

<section>
<h2>How good is it?</h2>
<p>Held-out part: ${escapeHtml(describeHoldout(result))}. All four forecast the same dates.</p>
${metricsTable(result)}
<p>MAE is the mean absolute error and RMSE the root of the mean squared error, both in the unit of
${escapeHtml(series.targetName)}. MASE divides the MAE by the error of the ${escapeHtml(lagName(result))} inside the training
part: below 1 is better than that.</p>
${horizon > 1 ? figure(errorChart(result), legend(...errorLegend(result))) : ''}
</section>

<section>
<h2>Held-out forecasts</h2>
<p>Every ${steps} a forecast of the next ${steps}, made from what was known before it.</p>
${figure(holdoutChart(result), legend(['actual', 'what happened'], ['model', `forecast, with the ${level} interval`]))}
</section>

<section>
<h2>Training</h2>
<p>${escapeHtml(describeModel(result))} ${escapeHtml(describeSplit(result))} Scales were
measured on the training part only.</p>
${figure(learningChart(result), legend(['actual', dropout ? 'training loss, with dropout' : 'training loss'], ['model', `validation loss; the ring marks epoch ${training.curve.best + 1}, which was kept`]))}
</section>
</main>
</body>
</html>
`;
}

type Swatch = [color: string, text: string];

function errorLegend(result: Findings): Swatch[] {
  return (['model', ...RIVALS] as const).map((who) => [who, nameOf(result, who)]);
}

/** @param from the end of a wide picture to show first where the page is narrow */
function figure(svg: string, caption: string, from: 'left' | 'right' = 'left'): string {
  return `<figure><div class="scroll ${from}">${svg}</div><figcaption>${caption}</figcaption></figure>`;
}

function legend(...swatches: Swatch[]): string {
  return swatches
    .map(
      ([color, text]) =>
        `<span class="entry"><span class="key ${color}"></span>${escapeHtml(text)}</span>`,
    )
    .join(' ');
}

function forecastTable(result: Findings): string {
  const { dateColumn, targetName } = result.series;
  const rows = forecastCells(result).map((cells) => row(cells));
  return table([dateColumn, targetName, 'low', 'high'], rows);
}

function metricsTable(result: Findings): string {
  const best = winner(result);
  const rows = metricsRows(result).map(({ who, name, cells }) => {
    return row([name, ...cells], who === best ? ' class="best"' : '');
  });
  return table(['', 'MAE', 'RMSE', 'MASE'], rows);
}

function row(cells: string[], attributes = ''): string {
  return `<tr${attributes}>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
}

function table(head: string[], rows: string[]): string {
  return `<div class="scroll rows"><table><thead><tr>${head.map((h) => `<th>${escapeHtml(h)}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Column names and categories come from the user's file. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => ENTITIES[c] as string);
}
