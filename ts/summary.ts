import type { Layer } from './layers.ts';
import { outputShape, sizeOf, type WeightShape, weightShapes } from './shapes.ts';
import type { ModelSpec, Shape } from './spec.ts';

/** A layer with what follows from its place in the model. */
export interface LayerSummary {
  readonly name: string;
  readonly type: Layer['type'];
  /** With the batch, `null`, in front. */
  readonly outputShape: Shape;
  readonly weights: readonly WeightShape[];
  /** Number of trainable values. */
  readonly parameters: number;
}

/** The layers of a model with shapes and numbers of parameters. */
export function summarize(spec: ModelSpec): LayerSummary[] {
  const shapes = new Map<string, Shape>(spec.inputs.map(({ name, shape }) => [name, shape]));
  return spec.nodes.map(({ name, layer, inputs }) => {
    const input = shapes.get(inputs[0]?.[0] ?? '') ?? [];
    const shape = outputShape(layer, name, input);
    shapes.set(name, shape);
    const weights = weightShapes(layer, name, input);
    return {
      name,
      type: layer.type,
      outputShape: [null, ...shape],
      weights,
      parameters: weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0),
    };
  });
}

const titles: Record<Layer['type'], string> = {
  simpleRnn: 'SimpleRNN',
  lstm: 'LSTM',
  gru: 'GRU',
  dense: 'Dense',
  dropout: 'Dropout',
  flatten: 'Flatten',
  activation: 'Activation',
};

/** The table that `model.summary()` gives. */
export function summaryTable(name: string, spec: ModelSpec): string {
  const layers = summarize(spec);
  const rows = [
    ['Layer (type)', 'Output Shape', 'Param #'],
    ...layers.map((layer) => [
      `${layer.name} (${titles[layer.type]})`,
      `(${layer.outputShape.map((size) => size ?? 'None').join(', ')})`,
      thousands(layer.parameters),
    ]),
  ];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i === 2 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ');
  const rule = '─'.repeat(widths.reduce((a, b) => a + b, 4));
  const total = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  const [head = [], ...body] = rows;
  return [
    `Model: "${name}"`,
    rule,
    line(head),
    rule,
    ...body.map(line),
    rule,
    `Total params: ${thousands(total)} (${bytes(4 * total)})`,
  ].join('\n');
}

const thousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  return count < 1024 ** 2
    ? `${(count / 1024).toFixed(2)} KB`
    : `${(count / 1024 ** 2).toFixed(2)} MB`;
}
