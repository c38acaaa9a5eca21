import type { Locator, Page } from 'playwright-core';

/** What the example page is doing, as it says itself. */
export type State = 'idle' | 'running' | 'paused' | 'stopping' | 'stopped' | 'finished' | 'failed';

/** The example page as a person uses it: by the names that its controls and figures have. */
export class ForecastPage {
  readonly #page: Page;
  readonly start: Locator;
  readonly pause: Locator;
  readonly resume: Locator;
  readonly stop: Locator;
  readonly download: Locator;
  readonly status: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.start = page.getByRole('button', { name: 'Start', exact: true });
    this.pause = page.getByRole('button', { name: 'Pause', exact: true });
    this.resume = page.getByRole('button', { name: 'Resume', exact: true });
    this.stop = page.getByRole('button', { name: 'Stop', exact: true });
    this.download = page.getByRole('button', { name: /^Download/ });
    this.status = page.getByRole('status');
  }

  /** Starts a training. */
  async train(options: { network?: string; rate?: string; epochs: number }): Promise<void> {
    const { network, rate, epochs } = options;
    if (network) await this.#page.getByLabel('Network').selectOption({ label: network });
    if (rate) await this.#page.getByLabel('Learning rate').selectOption(rate);
    await this.#page.getByLabel('Epochs', { exact: true }).fill(String(epochs));
    await this.start.click();
  }

  state(): Promise<State> {
    return this.#page.evaluate(() => document.body.dataset.state as State);
  }

  /** Waits until the page says that it is in `state`. */
  async reaches(state: State): Promise<void> {
    await this.#page.waitForFunction(
      (wanted) =>
        document.body.dataset.state === wanted || document.body.dataset.state === 'failed',
      state,
    );
    const got = await this.state();
    if (got !== state) throw new Error(`The page is ${got}: ${await this.status.textContent()}`);
  }

  /** Epochs done so far. */
  async epoch(): Promise<number> {
    return Number.parseInt((await this.#figure('Epoch')) ?? '', 10) || 0;
  }

  /** Waits until `epoch` epochs are done. */
  async reachesEpoch(epoch: number): Promise<void> {
    await this.#page.waitForFunction(
      (least) => Number.parseInt(document.getElementById('epoch')?.textContent ?? '', 10) >= least,
      epoch,
    );
  }

  async validationLoss(): Promise<number> {
    return Number(await this.#figure('Validation loss'));
  }

  async speed(): Promise<number> {
    return Number((await this.#figure('Sequences per second'))?.replaceAll(',', ''));
  }

  /** What the forecasts' pictures say of themselves to a screen reader. */
  forecasts(): Promise<(string | null)[]> {
    const pictures = this.#page.getByRole('img', { name: /^Series \d/ });
    return pictures.evaluateAll((all) => all.map((picture) => picture.getAttribute('aria-label')));
  }

  /** The drawn pixels of the forecasts, as one text that differs when a pixel differs. */
  pictures(): Promise<string> {
    return this.#page.evaluate(() =>
      [...document.querySelectorAll<HTMLCanvasElement>('#forecasts canvas')]
        .map((canvas) => canvas.toDataURL())
        .join(),
    );
  }

  /** Lengths of the frames that the page draws in the next `milliseconds`. */
  frames(milliseconds: number): Promise<number[]> {
    return this.#page.evaluate(
      (span) =>
        new Promise<number[]>((resolve) => {
          const lengths: number[] = [];
          let first: number | undefined;
          let last = 0;
          const note = (now: number) => {
            if (first === undefined) first = now;
            else lengths.push(now - last);
            last = now;
            if (now - first < span) requestAnimationFrame(note);
            else resolve(lengths);
          };
          requestAnimationFrame(note);
        }),
      milliseconds,
    );
  }

  #figure(name: string): Promise<string | null> {
    return this.#page
      .locator('dl > div', { has: this.#page.locator('dt', { hasText: new RegExp(`^${name}$`) }) })
      .locator('dd')
      .textContent();
  }
}
