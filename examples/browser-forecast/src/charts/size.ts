import type uPlot from 'uplot';

/** Keeps `plot` as large as `host`, also when the window or the phone turns. */
export function followSize(plot: uPlot, host: HTMLElement): void {
  new ResizeObserver(() => {
    const width = host.clientWidth;
    const height = host.clientHeight;
    if (width > 0 && (width !== plot.width || height !== plot.height))
      plot.setSize({ width, height });
  }).observe(host);
}
