import { countSteps } from '../../table/index.ts';
import type { Findings, Rival } from '../../forecast/index.ts';

export const RIVALS: readonly Rival[] = ['naive', 'seasonalNaive', 'linear'];

/** Words for a forecaster. */
export function nameOf(result: Findings, who: 'model' | Rival): string {
  if (who === 'model')
    return result.settings.model === 'linear'
      ? 'linear model'
      : result.settings.model.toUpperCase();
  if (who === 'naive') return 'naive (last value)';
  if (who === 'linear') return 'linear (ridge regression)';
  if (result.season === 1) return 'seasonal-naive (no season found: last value)';
  return `seasonal-naive (${countSteps(result.series.timeline.step, result.season)} earlier)`;
}

/** The forecaster with the least mean absolute error on the held-out part. */
export function winner({ holdout, baselines }: Findings): 'model' | Rival {
  return RIVALS.reduce<'model' | Rival>((best, rival) => {
    const least = best === 'model' ? holdout : baselines[best];
    return baselines[rival].mae < least.mae ? rival : best;
  }, 'model');
}

/** Errors closer than this share of each other count as equal. */
const TIE = 0.01;

/** Plain words on who wins and by how much. */
export function verdict(result: Findings): string {
  const { holdout, baselines } = result;
  const model = nameOf(result, 'model');
  const best = RIVALS.reduce((a, b) => (baselines[b].mae < baselines[a].mae ? b : a));
  const gap = holdout.mae / baselines[best].mae - 1;
  const rival = nameOf(result, best);
  if (baselines[best].mae === 0) return `A baseline wins: ${rival} makes no error.`;
  if (Math.abs(gap) < TIE) {
    return `A tie: the errors of the ${model} and of the best baseline, ${rival}, differ by less than 1 %; the simpler one does as well.`;
  }
  return gap > 0
    ? `A baseline wins: ${rival} has the smallest error; the ${model}'s is ${percent(gap)} larger.`
    : `The ${model} wins: its error is ${percent(-gap)} below that of the best baseline, ${rival}.`;
}

/** "4.1 %"; more digits for small shares. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
