import { beforeAll, describe, expect, test } from 'vitest';
import { load, type Model } from '../../ts/index.ts';
import { dailyCsv, temporaryFolder } from '../support/temporary.ts';
import { unrolled } from './terminal.ts';

const files = temporaryFolder();
const csv = files.write('shop.csv', dailyCsv(300));
const [good, bad] = [files.path('good.safetensors'), files.path('bad.safetensors')];
const quick = ['--horizon', '3', '--window', '14', '--units', '2', '--epochs', '1', '--json'];

beforeAll(async () => {
  const argv = [csv, '--target', 'sales', '--features', 'shop', ...quick, '--save', good];
  expect(await unrolled('forecast', ...argv)).toMatchObject({ code: 0 });
});

type Metadata = Record<string, unknown> & { scaler: Record<'offset' | 'scale', number[]> };

describe('unrolled predict with a model that is damaged', () => {
  const cases: { name: string; damage(metadata: Metadata): unknown; says: RegExp }[] = [
    {
      name: 'a field of another type',
      damage: (metadata) => (metadata.window = '14'),
      says: /bad\.safetensors: metadata\.window: expected a whole number from 1 to 5000, got "14"$/,
    },
    {
      name: 'a field that is missing',
      damage: (metadata) => delete metadata.lag,
      says: /metadata\.lag: expected a whole number from 1 to 1000000000, got nothing$/,
    },
    {
      name: 'a column of control characters',
      damage: (metadata) => (metadata.date = 'x\n\u001b[2J'),
      says: /shop\.csv has no column x \[2J, which the mod/,
    },
    {
      name: 'a huge offset',
      damage: ({ scaler }) => (scaler.offset[1] = 1e308),
      says: /metadata\.scaler makes numbers/,
    },
    {
      name: 'a tiny scale',
      damage: ({ scaler }) => (scaler.scale[1] = 1e-308),
      says: /metadata\.scaler makes numbers/,
    },
  ];
  test.each(cases)('says so in one line: $name', async ({ damage, says }) => {
    await refuses(says, (other) => {
      const metadata = structuredClone(other.metadata) as Metadata;
      damage(metadata);
      other.metadata = metadata;
    });
  });

  test('says so where the weights make no number', async () => {
    await refuses(/its forecast is not a number/, async (other) => {
      const weights = await other.getWeights();
      await other.setWeights(weights.map(({ data }) => ({ data: data.map(() => 3e38) })));
    });
  });

  async function refuses(says: RegExp, damage: (model: Model) => unknown) {
    const other = await load(good, { thread: 'main' });
    await damage(other);
    await other.save(bad);
    await other.dispose();
    const { code, out, err } = await unrolled('predict', bad, csv);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^unrolled: .*\n$/);
    expect(err.trimEnd()).toMatch(says);
  }
});
