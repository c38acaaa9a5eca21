import { describe, expect, test } from 'vitest';
import { dailyCsv, temporaryFolder } from '../support/temporary.ts';
import { unrolled } from './terminal.ts';

const files = temporaryFolder();
const file = files.write('shop.csv', dailyCsv(200));

describe('what cannot be used gives one line on stderr and exit code 2', () => {
  const cases: { argv: string[]; says: RegExp }[] = [
    {
      argv: ['forecast', files.path('none.csv'), '--target', 'y'],
      says: /none\.csv: no such file$/,
    },
    { argv: ['forecast', files.folder, '--target', 'y'], says: /is a directory/ },
    { argv: ['forecast', file], says: /--target: sales$/ },
    { argv: ['forecast', file, '--target', 'price'], says: /no column price/ },
    {
      argv: ['forecast', file, '--target', 'shop'],
      says: /line 2, column shop: a number is expected, got 'open'/,
    },
    {
      argv: ['forecast', file, '--target', 'sales', '--horizon', '0'],
      says: /--horizon.*whole number from 1/,
    },
    { argv: ['forecast', file, '--target', 'sales', '--horizon', '1e3'], says: /--horizon/ },
    {
      argv: ['forecast', file, '--target', 'sales', '--horizon', '60'],
      says: /200 steps are too few for a window of \d+ and a horizon of 60/,
    },
    {
      argv: ['forecast', file, '--target', 'sales', '--window', '150'],
      says: /too few for a window of 150/,
    },
    { argv: ['forecast', file, '--target', 'sales', '--lr', '-1'], says: /--lr.*above 0/ },
    {
      argv: ['forecast', file, '--target', 'sales', '--seed', '-1'],
      says: /--seed|unknown option/,
    },
    { argv: ['forecast', file, '--target', 'sales', '--level', '100'], says: /--level/ },
    { argv: ['forecast', file, '--target', 'sales', '--units', '0'], says: /--units/ },
    {
      argv: ['forecast', file, '--target', 'sales', '--recurrent-dropout', '1'],
      says: /--recurrent-dropout.*from 0 to below 1/,
    },
    { argv: ['forecast', file, '--target', 'sales', '--features', 'shop,'], says: /--features/ },
    {
      argv: ['forecast', file, '--target', 'sales', '--model', 'tcn'],
      says: /--model.*lstm, gru, rnn, linear/,
    },
    {
      argv: ['forecast', file, '--target', 'sales', '--save', '/no/such/folder/m'],
      says: /--save.*no folder/,
    },
    {
      argv: ['forecast', file, '--target', 'sales', '--report', files.folder],
      says: /--report.*is a folder/,
    },
    { argv: ['forecast', file, '--epoch', '3'], says: /unknown option '--epoch'/ },
    { argv: ['forecast', file, 'more.csv'], says: /too many arguments/ },
    { argv: ['evaluate'], says: /unknown command/ },
    { argv: ['predict', 'model.safetensors'], says: /missing required argument 'file'/ },
    {
      argv: ['reproduce', '--only', 'transformer'],
      says: /no such model; there are one-step-naive/,
    },
    { argv: ['reproduce', '--seeds', '0'], says: /--seeds/ },
  ];
  test.each(cases)('$argv', async ({ argv, says }) => {
    const { code, out, err } = await unrolled(...argv);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err.split('\n')[0]).toMatch(says);
    expect(err).not.toMatch(/\n {4}at /);
  });

  test('a constant target', async () => {
    const constant = files.write('constant.csv', dailyCsv(200).replace(/,[\d.]+,/g, ',5,'));
    const { code, err } = await unrolled('forecast', constant, '--target', 'sales');
    expect(code).toBe(2);
    expect(err).toMatch(/sales is 5 in the whole training part/);
  });
});

test('help is no error', async () => {
  const { code, out } = await unrolled('forecast', '--help');
  expect(code).toBe(0);
  expect(out).toContain('--horizon <steps>');
});
