import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  type Layer,
  layers,
  losses,
  type Loss,
  type Optimizer,
  sequential,
  tensor,
} from '../../ts/index.ts';
import type { Metric } from '../../ts/index.ts';
import { keeper } from '../support/models.ts';

/** What scripts/fixtures writes: a model, data, and what Keras computed. */
interface Fixture {
  readonly model: {
    readonly inputs: readonly { readonly shape: readonly (number | null)[] }[];
    readonly nodes: readonly {
      readonly layer: { readonly type: string; readonly units?: number };
    }[];
  };
  readonly compile: {
    readonly loss: Loss;
    readonly optimizer: Optimizer;
    readonly metrics: readonly Metric[];
  };
  readonly weights: readonly number[];
  readonly x: Values;
  readonly y: Values;
  readonly lengths?: readonly number[];
  readonly output: Values;
  readonly gradients: readonly number[];
  readonly losses: readonly number[];
  readonly finalWeights: readonly number[];
}

interface Values {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const keep = keeper();
const folder = new URL('../fixtures/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fixture;

/** The layer as a caller writes it; unknown options would be refused. */
function layerOf({
  type,
  units = 0,
  ...options
}: Fixture['model']['nodes'][number]['layer']): Layer {
  const build: Record<string, () => Layer> = {
    simpleRnn: () => layers.simpleRNN(units, options),
    lstm: () => layers.lstm(units, options),
    gru: () => layers.gru(units, options),
    dense: () => layers.dense(units, options),
  };
  const make = build[type];
  if (make === undefined) throw new Error(`no layer ${type} here`);
  return make();
}

const names = readdirSync(folder).filter((name) =>
  /^keras-(simple-rnn|lstm|gru|gru-reset-before)-(plain|sequences|backwards|stacked|ragged|no-bias)\.json$|^keras-loss-(sparse-sequence|huber-delta|mae-ragged)\.json$|^keras-optimizer-(adam|nadam|rmsprop|sgd-nesterov|one-cycle|global-clipnorm)\.json$/.test(
    name,
  ),
);

function near(
  got: ArrayLike<number>,
  expected: readonly number[],
  relative: number,
  what: string,
): void {
  expect(got.length, what).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs), 1e-3);
  expected.forEach((value, i) => {
    expect(Math.abs((got[i] ?? Number.NaN) - value), `${what}[${i}]`).toBeLessThan(
      relative * scale,
    );
  });
}

test('fixtures of all kinds are here', () => {
  expect(names.length).toBeGreaterThan(25);
});

test.each(names)('the public API computes what Keras computes: %s', async (name) => {
  const fixture = read(name);
  const { x, y, lengths, compile } = fixture;
  const shape = fixture.model.inputs[0]?.shape as [null, number];
  const model = keep(
    sequential(
      fixture.model.nodes.map(({ layer }) => layerOf(layer)),
      { inputShape: shape, thread: 'main' },
    ),
  );
  const loss = { ...losses[compile.loss.type](), ...compile.loss } as Loss;
  model.compile({ ...compile, loss });
  const inputs = tensor(
    x.data,
    x.shape as [number, number, number],
    lengths === undefined ? {} : { lengths },
  );
  const targets = tensor(y.data, y.shape as [number, number]);
  const shapes = await model.getWeights();
  let offset = 0;
  await model.setWeights(
    shapes.map(({ data }) => ({ data: fixture.weights.slice(offset, (offset += data.length)) })),
  );
  const output = await model.predict(inputs);
  expect(output.shape).toEqual(fixture.output.shape);
  near(output.data, fixture.output.data, 1e-5, 'output');
  const gradients = Object.values(await model.gradients(inputs, targets));
  near(
    gradients.flatMap(({ data }) => [...data]),
    fixture.gradients,
    1e-4,
    'gradients',
  );
  const steps: number[] = [];
  for (const _ of fixture.losses) steps.push((await model.trainOnBatch(inputs, targets)).loss);
  near(steps, fixture.losses, 1e-4, 'losses');
  near(
    (await model.getWeights()).flatMap(({ data }) => [...data]),
    fixture.finalWeights,
    1e-3,
    'final weights',
  );
});
