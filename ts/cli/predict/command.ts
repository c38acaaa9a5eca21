import { dataJson, inputNames, rowsJson } from '../forecast/json.ts';
import { describeData, nextSteps } from '../forecast/text.ts';
import type { Terminal } from '../program.ts';
import { type Prediction, predictFile } from './predict.ts';

/** Flags as the command line gives them. */
export interface PredictFlags {
  date?: string;
  json?: boolean;
}

/** `unrolled predict`: a forecast with a saved model, printed. */
export async function predictCommand(
  model: string,
  file: string,
  { json, date }: PredictFlags,
  terminal: Terminal,
): Promise<number> {
  const prediction = await predictFile({
    model,
    file,
    signal: terminal.signal,
    ...(date === undefined ? {} : { date }),
  });
  terminal.signal.throwIfAborted();
  const text = json
    ? JSON.stringify(predictionJson(model, prediction), null, 2)
    : predictionText(model, prediction);
  terminal.out(`${text}\n`);
  return 0;
}

function predictionText(model: string, { recipe, series, forecast }: Prediction): string {
  const { kind, target, window, trainedOn, interval } = recipe;
  return [
    `${model}: ${kind === 'linear' ? 'linear model' : kind.toUpperCase()} of ${target}, trained on ${trainedOn.from} to ${trainedOn.to}, reads the last ${window} values.`,
    describeData({ series }),
    ...series.notes.map((note) => `  ${note}`),
    '',
    nextSteps({ series, forecast, level: interval.level }),
  ].join('\n');
}

/** The one object that `--json` prints. */
function predictionJson(model: string, { recipe, series, forecast }: Prediction) {
  const { kind, window, cycles, trainedOn, interval } = recipe;
  const inputs = inputNames(series, cycles);
  return {
    model: { file: model, kind, window, inputs, trainedOn },
    data: dataJson(series),
    interval: { level: interval.level },
    forecast: rowsJson(forecast),
  };
}
