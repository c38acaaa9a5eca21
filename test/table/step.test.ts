import { describe, expect, test } from 'vitest';
import { looksLikeDate, parseDates } from '../../ts/table/dates.ts';
import {
  addSteps,
  countSteps,
  formatTime,
  inferStep,
  stepLength,
  stepRate,
  stepsBetween,
  stepsName,
} from '../../ts/table/step.ts';

const read = (texts: string[]) =>
  parseDates(
    'here',
    texts,
    texts.map((_, i) => i + 2),
  ).times;

describe('the step of a series and the dates after it', () => {
  const cases: { name: string; dates: string[]; next: string[] }[] = [
    {
      name: 'day',
      dates: ['2020-02-26', '2020-02-27', '2020-02-28'],
      next: ['2020-02-29', '2020-03-01'],
    },
    {
      name: 'week',
      dates: ['2020-12-07', '2020-12-14', '2020-12-21'],
      next: ['2020-12-28', '2021-01-04'],
    },
    {
      name: 'working day',
      dates: ['2020-01-02', '2020-01-03', '2020-01-06', '2020-01-07', '2020-01-09', '2020-01-10'],
      next: ['2020-01-13', '2020-01-14'],
    },
    {
      name: 'month',
      dates: ['2020-10-01', '2020-11-01', '2020-12-01'],
      next: ['2021-01-01', '2021-02-01'],
    },
    {
      name: 'month',
      dates: ['2019-12-31', '2020-01-31', '2020-02-29'],
      next: ['2020-03-31', '2020-04-30'],
    },
    {
      name: 'quarter',
      dates: ['2020-Q1', '2020-Q2', '2020-Q3'],
      next: ['2020-10-01', '2021-01-01'],
    },
    { name: 'year', dates: ['1998', '1999', '2000', '2001'], next: ['2002', '2003'] },
    {
      name: 'hour',
      dates: ['2020-01-01T21:00', '2020-01-01T22:00', '2020-01-01T23:00'],
      next: ['2020-01-02T00:00', '2020-01-02T01:00'],
    },
    {
      name: '15 minutes',
      dates: ['2020-01-01 9:30', '2020-01-01 9:45', '2020-01-01 10:00'],
      next: ['2020-01-01T10:15', '2020-01-01T10:30'],
    },
    {
      name: '2 days',
      dates: ['2020-01-01', '2020-01-03', '2020-01-05'],
      next: ['2020-01-07', '2020-01-09'],
    },
  ];
  test.each(cases)('$name: $dates.0 …', ({ name, dates, next }) => {
    const times = read(dates);
    const step = inferStep('here', times);
    expect(step.name).toBe(name);
    const start = times[0] as number;
    const last = stepsBetween(step, start, times.at(-1) as number);
    expect(next.map((_, i) => formatTime(step, addSteps(step, start, last + 1 + i)))).toEqual(next);
  });
});

describe('dates', () => {
  test.each([
    ['2012-01-31', '2012-01-31T00:00:00.000Z'],
    ['2012/1/5 06:07', '2012-01-05T06:07:00.000Z'],
    ['2012-01-31T23:00:00-05:00', '2012-02-01T04:00:00.000Z'],
    ['1/31/2012 12:30 am', '2012-01-31T00:30:00.000Z'],
    ['31.1.12', '2012-01-31T00:00:00.000Z'],
    ['Jan 31 2012', '2012-01-31T00:00:00.000Z'],
    ['1327968000', '2012-01-31T00:00:00.000Z'],
    ['1327968000000', '2012-01-31T00:00:00.000Z'],
  ])('%s', (text, expected) => {
    expect(new Date(read([text])[0] as number).toISOString()).toBe(expected);
  });

  test('the order of day and month that gives even steps is taken and said', () => {
    const { times, notes } = parseDates(
      'here',
      ['1/2/2020', '2/2/2020', '3/2/2020', '4/2/2020'],
      [2, 3, 4, 5],
    );
    expect(new Date(times[3] as number).toISOString().slice(0, 10)).toBe('2020-02-04');
    expect(notes[0]).toMatch(/day first/);
  });

  test.each(['12.8', '5', 'rain', '', '2020-13-01', '29/2/2021', '25:00'])('%s is none', (text) => {
    expect(looksLikeDate(text)).toBe(false);
  });
});

test.each([
  { unit: 'day', every: 1, name: 'day', says: ['a day', 'a day', '2 days', 'days'] },
  { unit: 'hour', every: 1, name: 'hour', says: ['an hour', 'an hour', '2 hours', 'hours'] },
  { unit: 'day', every: 7, name: 'week', says: ['a week', 'a week', '2 weeks', 'weeks'] },
  {
    unit: 'minute',
    every: 15,
    name: '15 minutes',
    says: ['15 minutes', 'every 15 minutes', '2 steps of 15 minutes', 'steps of 15 minutes'],
  },
] as const)('steps of $name in words', ({ says, ...named }) => {
  const step = { ...named, length: 1 };
  expect([stepLength(step), stepRate(step), countSteps(step, 2), stepsName(step)]).toEqual(says);
});
