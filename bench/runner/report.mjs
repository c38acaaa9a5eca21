/** What was measured, as text. */

const microseconds = (value) =>
  value === undefined
    ? '–'
    : value < 100
      ? value.toFixed(1)
      : Math.round(value).toLocaleString('en').replaceAll(',', ' ');

/** Rows of cells as a Markdown table; it reads well as plain text too. */
export function table(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, i) => Math.max(3, ...cells.map((row) => row[i].length)));
  const line = (row) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join(' | ')} |`;
  const rule = line(
    widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)),
  );
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

/** Microseconds of a training step: a row for each implementation, a column for each workload. */
export function resultsTable({ results, workloads }) {
  const rows = new Map();
  for (const { workload, implementation, threads, microseconds: value } of results) {
    const key = `${implementation}|${threads}`;
    if (!rows.has(key)) rows.set(key, { implementation, threads, figures: {} });
    rows.get(key).figures[workload] = value;
  }
  return table(
    ['µs a step', 'threads', ...workloads.map(({ name }) => name)],
    [...rows.values()].map(({ implementation, threads, figures }) => [
      implementation,
      threads,
      ...workloads.map(({ name }) => microseconds(figures[name])),
    ]),
  );
}

export function targetsTable(targets) {
  const share = ({ most }, value) => `${(100 * value).toFixed(most === undefined ? 0 : 1)} %`;
  const show = (target, value) =>
    target.target.includes('share of') || target.most !== undefined
      ? share(target, value)
      : `${value.toFixed(value < 10 ? 1 : 0)} ×`;
  return table(
    ['target', 'asked', 'reached', ''],
    targets.map((target) => [
      target.target,
      target.least !== undefined
        ? `≥ ${show(target, target.least)}`
        : `≤ ${show(target, target.most)}`,
      target.value === null ? '–' : show(target, target.value),
      target.met === null ? 'not measured' : target.met ? 'met' : 'missed',
    ]),
  );
}

export function kernelsTable(kernels) {
  const rows = [];
  for (const [arithmetic, { peak, products, gradients }] of Object.entries(kernels)) {
    rows.push([arithmetic, 'arithmetic only', peak.toFixed(1), '']);
    const add =
      (what) =>
      ({ shape, gflops, share }) =>
        rows.push([
          arithmetic,
          `${what} ${shape.join(' × ')}`,
          gflops.toFixed(1),
          `${Math.round(100 * share)} %`,
        ]);
    products.forEach(add('GEMM'));
    gradients.forEach(add('gradient'));
  }
  return table(['WebAssembly', 'kernel', 'GFLOP/s', 'of the peak'], rows);
}

export function memoryTable(memory) {
  const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(1);
  return table(
    ['workload', 'steps', 'wasm MB, first and last', 'process MB, first and last'],
    memory.map(({ workload, steps, first, last }) => [
      workload,
      steps,
      `${megabytes(first.wasm)} → ${megabytes(last.wasm)}`,
      `${megabytes(first.rss)} → ${megabytes(last.rss)}`,
    ]),
  );
}

/** One line that names the machine and the run. */
export function machineLine({ machine: m, settings }) {
  const extensions = m.instructions.length > 0 ? ` (${m.instructions.join(', ')})` : '';
  return (
    `${m.cpu}${extensions}, ${m.cores} cores, ${m.memoryGB} GB, ${m.system}, Node ${m.node} ` +
    `(V8 ${m.v8}), ${m.date.slice(0, 10)}; load ${m.load.toFixed(1)} at the start, ` +
    `${settings.rounds} rounds of ${settings.seconds} s`
  );
}

/** Said where other work disturbs the figures; most of all those of several threads. */
const busy = ({ machine: { load, cores } }) =>
  load > cores / 2
    ? ['**The machine was busy: figures are too high, those of several threads most.**']
    : [];

const versionsLine = (versions) =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');

function sections(run) {
  const list = [['Training steps', resultsTable(run)]];
  if (run.targets.length > 0) list.push(['Targets', targetsTable(run.targets)]);
  if (Object.keys(run.kernels).length > 0) list.push(['Kernels', kernelsTable(run.kernels)]);
  if (run.memory.length > 0) list.push(['Memory', memoryTable(run.memory)]);
  if (run.errors.length > 0)
    list.push([
      'Not measured',
      run.errors
        .map((e) => `- ${e.implementation}${e.workload ? `, ${e.workload}` : ''}: ${e.error}`)
        .join('\n'),
    ]);
  return list;
}

/** For the terminal. */
export const text = (run) =>
  [machineLine(run), ...busy(run), versionsLine(run.versions), ...sections(run).flat()].join(
    '\n\n',
  );

/** For bench/RESULTS.md. */
export const markdown = (run) =>
  `${[
    '# Results of the bench',
    'Written by `npm run bench -- --markdown`; what is measured and how is in [README.md](README.md).',
    machineLine(run),
    ...busy(run),
    `Measured against: ${versionsLine(run.versions)}.`,
    run.workloads.map(({ name, title }) => `- \`${name}\`: ${title}`).join('\n'),
    ...sections(run).map(([title, body]) => `## ${title}\n\n${body}`),
  ].join('\n\n')}\n`;
