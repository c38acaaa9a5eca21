import { layers, sequential } from 'unrolled';

/** Trains a network of three units for two epochs; gives its losses and a forecast as text. */
export async function tinyFit(): Promise<string> {
  const model = sequential([layers.lstm(3), layers.dense(1)], { inputShape: [null, 1], seed: 5 });
  model.compile({ optimizer: 'adam', loss: 'mse', metrics: ['mae'] });
  const x = Array.from({ length: 12 }, (_, i) => [Math.fround(i / 16), Math.fround(i / 8)]);
  const { history } = await model.fit(
    x,
    x.map((pair) => [pair[1] ?? 0]),
    { epochs: 2 },
  );
  const forecast = await model.predict([[0.25, 0.5]]);
  const [row] = forecast.toArray();
  await model.dispose();
  return JSON.stringify({ loss: history.loss, mae: history.mae, forecast: row });
}
