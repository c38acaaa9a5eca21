import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { DEFAULTS, MODEL_KINDS, MOST_HORIZON, MOST_WINDOW } from '../forecast/index.ts';
import { exitCodeOf, oneLine } from './errors.ts';
import { version } from './files.ts';
import { type ForecastFlags, forecastCommand } from './forecast/command.ts';
import { type PredictFlags, predictCommand } from './predict/command.ts';
import { type ReproduceFlags, reproduceCommand } from './reproduce/command.ts';
import { type Interruption, listenForSignals } from './signals.ts';

/** Where a command writes and how it is stopped. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether stderr is a terminal that can show a progress bar. */
  interactive: boolean;
  signal: AbortSignal;
}

/**
 * Runs the command line.
 *
 * @returns the exit code: 0, 1 if something went wrong in here or a result misses its band, 2 for files and
 * options that cannot be used, 130 after Ctrl-C, 143 after SIGTERM
 */
export async function run(argv: string[], given: Partial<Terminal> = {}): Promise<number> {
  const interrupt = new AbortController();
  const terminal: Terminal = {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    interactive: process.stderr.isTTY === true,
    signal: interrupt.signal,
    ...given,
  };
  const unlisten = listenForSignals(interrupt, terminal.interactive);
  try {
    let code = 0;
    await makeProgram(terminal, (result) => {
      code = result;
    }).parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    return report(error, terminal);
  } finally {
    unlisten();
  }
}

function report(error: unknown, { err, signal }: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (signal.aborted) {
    err('unrolled: stopped\n');
    return (signal.reason as Partial<Interruption>).code ?? 130;
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  err(`unrolled: ${process.env.UNROLLED_DEBUG ? stack : oneLine(message)}\n`);
  return exitCodeOf(error);
}

function makeProgram(terminal: Terminal, finish: (code: number) => void): Command {
  const program = new Command('unrolled')
    .description('Recurrent networks on time series: trains in WebAssembly, in a worker.')
    .version(version())
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showSuggestionAfterError();
  addForecast(program).action(
    async (file: string | undefined, flags: ForecastFlags, self: Command) => {
      const asked = (option: 'save' | 'report') => self.getOptionValueSource(option) === 'cli';
      const { json, save, report } = flags;
      const files = {
        save: json && !asked('save') ? false : save,
        report: json && !asked('report') ? false : report,
      };
      finish(await forecastCommand(file, { ...flags, ...files }, terminal));
    },
  );
  addPredict(program).action(async (model: string, file: string, flags: PredictFlags) => {
    finish(await predictCommand(model, file, flags, terminal));
  });
  addReproduce(program).action(async (flags: ReproduceFlags) => {
    finish(await reproduceCommand(flags, terminal));
  });
  return program;
}

function addForecast(program: Command): Command {
  return program
    .command('forecast')
    .description('train on a CSV file and forecast its next steps')
    .argument('[file]', 'CSV file with a column of dates (default: four years of Seattle weather)')
    .option('--target <column>', 'column to forecast (the default file has temp_max)')
    .option('--horizon <steps>', 'steps to forecast', wholeNumber(1, MOST_HORIZON), 7)
    .addOption(
      new Option('--features <columns>', 'further input columns, separated by commas')
        .argParser(names)
        .default([], 'none'),
    )
    .option('--date <column>', 'column of dates (default: found)')
    .option(
      '--window <steps>',
      'steps of input (default: by the step of the series)',
      wholeNumber(1, MOST_WINDOW),
    )
    .addOption(new Option('--model <kind>', 'kind of model').choices(MODEL_KINDS).default('lstm'))
    .option('--units <n>', 'units of the recurrent layer', wholeNumber(1, 1024), DEFAULTS.units)
    .option(
      '--recurrent-dropout <share>',
      'recurrent dropout, 0 to below 1',
      share,
      DEFAULTS.recurrentDropout,
    )
    .option(
      '--epochs <n>',
      'most epochs; training stops early',
      wholeNumber(1, 100_000),
      DEFAULTS.epochs,
    )
    .option('--lr <rate>', 'learning rate of Adam', number(0, 1), DEFAULTS.learningRate)
    .option(
      '--seed <n>',
      'seed of initialisation, shuffling and dropout',
      wholeNumber(0, 2 ** 32 - 1),
      42,
    )
    .option('--level <percent>', 'share of values the interval should hold', number(1, 99.9), 80)
    .option('--json', 'print one JSON object and nothing else; write only files that are asked for')
    .option('--save <path>', 'where to write the trained model', 'forecast.safetensors')
    .option('--no-save', 'write no model')
    .option('--report <path>', 'where to write the report with pictures', 'forecast.html')
    .option('--no-report', 'write no report');
}

function addPredict(program: Command): Command {
  return program
    .command('predict')
    .description('forecast the steps after the newest rows with a model that forecast has saved')
    .argument('<model>', 'model, such as forecast.safetensors')
    .argument('<file>', 'CSV file with the columns that the model was trained on')
    .option('--date <column>', 'column of dates (default: the one of the training)')
    .option('--json', 'print one JSON object and nothing else');
}

function addReproduce(program: Command): Command {
  return program
    .command('reproduce')
    .description(
      'train the models of "Hands-On Machine Learning", chapter 15, beside the published figures',
    )
    .option('--only <name>', 'only the models whose name contains this')
    .option(
      '--seeds <n>',
      'seeds a model is trained with; the median counts',
      wholeNumber(1, 100),
      3,
    )
    .option('--json', 'print a JSON array and nothing else');
}

function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`A whole number from ${least} to ${most} is expected.`);
  };
}

/** Above `least`, at most `most`. */
function number(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value > least && value <= most) return value;
    throw new InvalidArgumentError(`A number above ${least} and at most ${most} is expected.`);
  };
}

/** From 0 to below 1. */
function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new InvalidArgumentError('A number from 0 to below 1 is expected.');
}

function names(text: string): string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.includes(''))
    throw new InvalidArgumentError('Column names separated by commas are expected.');
  return [...new Set(list)];
}
