import * as unrolled from 'unrolled';
import * as forecasting from 'unrolled/forecast';
import * as tables from 'unrolled/table';
import { forecastOf } from '../../support/forecastOf.ts';

/** What the test calls. */
const given = {
  forecastHere: (csv: string) => forecastOf({ unrolled, forecasting, tables }, csv),
  /** Why a table is refused, in this page. */
  refusal: (csv: string) =>
    tables.readSeries(csv, { target: 'rain', name: 'rain.csv' }).then(
      () => 'read',
      (error: unknown) => (tables.isTableError(error) ? error.message : 'another error'),
    ),
};

Object.assign(globalThis, given);
document.body.dataset.ready = 'yes';

/** Types of the globals. */
export type ForecastGiven = typeof given;
