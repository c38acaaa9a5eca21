import { writeFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';
import { checkWritable, shippedFile } from '../files.ts';
import type { Terminal } from '../program.ts';
import { startProgress } from '../progress.ts';
import { forecast } from './forecast.ts';
import { forecastJson } from './json.ts';
import type { ForecastOptions } from './options.ts';
import type { ForecastResult } from './result.ts';
import { forecastText } from './text.ts';

/** Flags as the command line gives them. */
export interface ForecastFlags extends Omit<ForecastOptions, 'file' | 'learningRate'> {
  lr: number;
  /** In percent. */
  level: number;
  json?: boolean;
  /** Where to write the model; `false` for nowhere. */
  save: string | false;
  /** Where to write the report; `false` for nowhere. */
  report: string | false;
}

/** `unrolled forecast`: trains, prints, writes the report and the model. */
export async function forecastCommand(
  file: string | undefined,
  flags: ForecastFlags,
  terminal: Terminal,
): Promise<number> {
  const { save, report } = flags;
  if (save !== false) checkWritable('--save', save);
  if (report !== false) checkWritable('--report', report);

  const bar = startProgress(terminal.interactive && !flags.json, 'Training', flags.epochs);
  let result: Awaited<ReturnType<typeof forecast>>;
  try {
    result = await forecast(toOptions(file, flags), {
      signal: terminal.signal,
      onEpoch: (epoch, loss, valLoss) => {
        bar.update(epoch + 1, `loss ${loss.toFixed(4)}, validation ${valLoss.toFixed(4)}`);
      },
      ...(save === false ? {} : { save }),
    });
  } finally {
    bar.stop();
  }
  if (report !== false) await writeReport(report, result);
  if (flags.json) {
    const files = {
      ...(save === false ? {} : { saved: save }),
      ...(report === false ? {} : { report }),
    };
    terminal.out(`${JSON.stringify(forecastJson(result, files), null, 2)}\n`);
    return 0;
  }
  terminal.out(`${forecastText(result)}\n`);
  if (report !== false) terminal.out(`\nReport with pictures: ${report}\n`);
  if (save !== false) terminal.out(`Trained model: ${save}\n`);
  return 0;
}

function toOptions(file: string | undefined, flags: ForecastFlags): ForecastOptions {
  const { lr, level, json: _, save: __, report: ___, ...options } = flags;
  return {
    ...(file === undefined ? { target: 'temp_max' } : {}),
    ...options,
    file: file ?? shippedFile(),
    learningRate: lr,
    level: level / 100,
  };
}

/** The drawing library is loaded only here: it is most of the command line. */
async function writeReport(path: string, result: ForecastResult): Promise<void> {
  const { reportHtml } = await import('../report/html.ts');
  try {
    await writeFile(path, reportHtml(result));
  } catch (error) {
    throw new UserError(`--report ${path} cannot be written: ${(error as Error).message}`);
  }
}
