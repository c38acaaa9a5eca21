import { afterEach } from 'vitest';

interface Disposable {
  dispose(): Promise<void>;
}

/** Keeps models until the end of the test, then disposes of them. */
export function keeper(): <M extends Disposable>(model: M) => M {
  const kept: Disposable[] = [];
  afterEach(async () => {
    await Promise.all(kept.splice(0).map((model) => model.dispose()));
  });
  return (model) => {
    kept.push(model);
    return model;
  };
}
