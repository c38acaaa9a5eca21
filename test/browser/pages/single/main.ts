import { init, layers, sequential } from 'unrolled';

/** Says in the page what a small training gave, or what went wrong; tells it to a page around too. */
function tell(text: string): void {
  document.body.textContent = text;
  document.body.dataset.done = 'yes';
  if (parent !== self) parent.postMessage(text, '*');
}

async function train(): Promise<string> {
  const { worker, thread } = document.documentElement.dataset;
  if (worker !== undefined) init({ worker: () => new Worker(worker) });
  const model = sequential([layers.lstm(3), layers.dense(1)], {
    inputShape: [null, 1],
    seed: 5,
    thread: thread === 'main' ? 'main' : 'worker',
  });
  model.compile({ optimizer: 'adam', loss: 'mse' });
  const { history } = await model.fit(
    [
      [1, 2, 3],
      [2, 3, 4],
    ],
    [4, 5],
    { epochs: 2 },
  );
  await model.dispose();
  return JSON.stringify(history.loss);
}

train().then(tell, (error: Error) => tell(`${error.name}: ${error.message}`));
