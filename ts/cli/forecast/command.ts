import { storage } from '../../index.ts';
import { exitCodeOf, failureOf, oneLine } from '../errors.ts';
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

/**
 * `unrolled forecast`: trains, writes the model and the report, prints. A file that cannot be written is
 * told on stderr and in the exit code; the forecast is printed all the same.
 */
export async function forecastCommand(
  file: string | undefined,
  flags: ForecastFlags,
  terminal: Terminal,
): Promise<number> {
  const { save, report } = flags;
  if (save !== false) checkWritable('--save', save);
  if (report !== false) checkWritable('--report', report);

  const bar = startProgress(terminal.interactive && !flags.json, 'Training', flags.epochs);
  let result: ForecastResult;
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
  const unreported = report === false ? undefined : await failureOf(writeReport(report, result));
  terminal.signal.throwIfAborted();
  const { unsaved } = result;
  const files = { saved: !unsaved && save, report: !unreported && report };
  print(result, files, flags, terminal);
  let code = 0;
  for (const [option, error] of Object.entries({ '--save': unsaved, '--report': unreported })) {
    if (error === undefined) continue;
    terminal.err(`unrolled: ${option} ${oneLine(error.message)}\n`);
    code = Math.max(code, exitCodeOf(error));
  }
  return code;
}

/** The files that were written; `false` for none. */
interface Written {
  saved: string | false;
  report: string | false;
}

function print(
  result: ForecastResult,
  { saved, report }: Written,
  { json }: ForecastFlags,
  { out }: Terminal,
): void {
  if (json) {
    const files = { ...(saved !== false && { saved }), ...(report !== false && { report }) };
    out(`${JSON.stringify(forecastJson(result, files), null, 2)}\n`);
    return;
  }
  out(`${forecastText(result)}\n`);
  if (report !== false) out(`\nReport with pictures: ${report}\n`);
  if (saved !== false) out(`Trained model: ${saved}\n`);
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
  await storage.file(path).write(new TextEncoder().encode(reportHtml(result)));
}
