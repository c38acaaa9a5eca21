import { show } from '../check.ts';
import { SpecError } from '../errors.ts';

/** A layer may have a name. */
export interface Named {
  /** Name, unique in the model. @default the layer's type, numbered */
  readonly name?: string;
}

/** Checks a layer's name; it becomes a part of the names of weights, `name/kernel`. */
export function named(where: string, { name }: Named): Named {
  if (name === undefined) return {};
  if (typeof name === 'string' && /^[^/\s][^/]*$/.test(name)) return { name };
  throw new SpecError(`${where}: name: expected a string without "/", got ${show(name)}`);
}
