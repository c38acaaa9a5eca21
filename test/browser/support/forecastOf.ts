/** The entries that a forecast needs: the same in Node and in a page. */
interface Entries {
  unrolled: typeof import('unrolled');
  forecasting: typeof import('unrolled/forecast');
  tables: typeof import('unrolled/table');
}

/** Reads CSV, forecasts, saves, loads and forecasts again without training. */
export async function forecastOf({ unrolled, forecasting, tables }: Entries, csv: string) {
  const series = await tables.readSeries(csv, { target: 'rain', features: ['place'] });
  const options = { horizon: 3, units: 8, epochs: 3, seed: 7 };
  const { model, forecast, holdout, baselines } = await forecasting.forecast(series, options);
  const bytes = await model.toBytes();
  await model.dispose();
  const loaded = await unrolled.fromBytes(bytes);
  const newest = await tables.readSeries(
    new TextEncoder().encode(csv),
    forecasting.requestOf(forecasting.readRecipe(loaded)),
  );
  const again = await forecasting.predict(loaded, newest);
  await loaded.dispose();
  return { forecast, again, holdout, baselines };
}
