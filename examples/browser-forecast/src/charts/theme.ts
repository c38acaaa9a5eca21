const dark = matchMedia('(prefers-color-scheme: dark)');
const probe = document.createElement('span');
const known = new Map<string, string>();
dark.addEventListener('change', () => known.clear());

/** The value that a colour of the style sheet has now, in the light or the dark theme. */
export function color(name: `--${string}`): string {
  let value = known.get(name);
  if (value === undefined) {
    if (!probe.isConnected) {
      probe.hidden = true;
      document.body.append(probe);
    }
    probe.style.color = `var(${name})`;
    value = getComputedStyle(probe).color;
    known.set(name, value);
  }
  return value;
}

/** The same colour with `alpha` between 0 and 1. */
export function faded(name: `--${string}`, alpha: number): string {
  return color(name).replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

/** Calls `redraw` when the system changes between light and dark. */
export function onThemeChange(redraw: () => void): void {
  dark.addEventListener('change', redraw);
}
