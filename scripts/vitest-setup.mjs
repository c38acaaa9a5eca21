/** Vitest's global set-up. Tests read the sources in ts/; the generated modules they import come from the build. */
export async function setup() {}
