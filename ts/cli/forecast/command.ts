import { storage } from '../../index.ts';
import { type Findings, forecast, type Settings } from '../../forecast/index.ts';
import { exitCodeOf, failureOf, oneLine } from '../errors.ts';
import { checkWritable, shippedFile } from '../files.ts';
import type { Terminal } from '../program.ts';
import { startProgress } from '../progress.ts';
import { optionName, readFile } from '../readFile.ts';
import { forecastJson } from './json.ts';
import { forecastText } from './text.ts';

/** Flags as the command line gives them. */
export interface ForecastFlags extends Omit<Settings, 'learningRate'> {
  target?: string;
  features: string[];
  date?: string;
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

  const { findings, unsaved } = await train(file, flags, terminal);
  const unreported = report === false ? undefined : await failureOf(writeReport(report, findings));
  terminal.signal.throwIfAborted();
  const files = { saved: !unsaved && save, report: !unreported && report };
  print(findings, files, flags, terminal);
  let code = 0;
  for (const [option, error] of Object.entries({ '--save': unsaved, '--report': unreported })) {
    if (error === undefined) continue;
    terminal.err(`unrolled: ${option} ${oneLine(error.message)}\n`);
    code = Math.max(code, exitCodeOf(error));
  }
  return code;
}

/** Reads, trains and saves, with a bar of progress; the model is given back. */
async function train(
  file: string | undefined,
  flags: ForecastFlags,
  { interactive, signal }: Terminal,
): Promise<{ findings: Findings; unsaved: Error | undefined }> {
  const { target, features, date, lr, level, json, save, report: _, ...settings } = flags;
  const bar = startProgress(interactive && !json, 'Training', flags.epochs);
  try {
    const wanted = target ?? (file === undefined ? 'temp_max' : undefined);
    const columns = {
      features,
      ...(wanted !== undefined && { target: wanted }),
      ...(date !== undefined && { date }),
    };
    const series = await readFile(file ?? shippedFile(), columns, signal);
    const { model, ...findings } = await forecast(series, {
      ...settings,
      learningRate: lr,
      level: level / 100,
      onEpoch: (epoch, loss, valLoss) => {
        bar.update(epoch + 1, `loss ${loss.toFixed(4)}, validation ${valLoss.toFixed(4)}`);
      },
      signal,
      optionName,
    });
    try {
      const unsaved = save === false ? undefined : await failureOf(model.save(save));
      signal.throwIfAborted();
      return { findings, unsaved };
    } finally {
      await model.dispose();
    }
  } finally {
    bar.stop();
  }
}

/** The files that were written; `false` for none. */
interface Written {
  saved: string | false;
  report: string | false;
}

function print(
  findings: Findings,
  { saved, report }: Written,
  { json }: ForecastFlags,
  { out }: Terminal,
): void {
  if (json) {
    const files = { ...(saved !== false && { saved }), ...(report !== false && { report }) };
    out(`${JSON.stringify(forecastJson(findings, files), null, 2)}\n`);
    return;
  }
  out(`${forecastText(findings)}\n`);
  if (report !== false) out(`\nReport with pictures: ${report}\n`);
  if (saved !== false) out(`Trained model: ${saved}\n`);
}

/** The drawing library is loaded only here: it is most of the command line. */
async function writeReport(path: string, findings: Findings): Promise<void> {
  const { reportHtml } = await import('../report/html.ts');
  await storage.file(path).write(new TextEncoder().encode(reportHtml(findings)));
}
