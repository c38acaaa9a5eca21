import { knownOptions, show } from './check.ts';
import { DataError, ShapeError, StateError } from './errors.ts';
import { isList, isTensor, Tensor } from './tensor.ts';

/** A class as people name it. */
export type Label = string | number;

/** A fitted encoder as plain data. */
export interface LabelEncoderJson {
  /** Which encoder it is. */
  readonly type: 'labels';
  /** The labels, in the order of their class numbers. */
  readonly classes: readonly Label[];
}

/** Class numbers, or outputs of a model: a row for each example. */
export type ClassData = ArrayLike<number> | readonly ArrayLike<number>[] | Tensor<1> | Tensor<2>;

/** Turns labels into class numbers or one-hot rows, and predictions into labels. */
export class LabelEncoder<L extends Label = Label> {
  #classes: readonly L[] | undefined;
  #numbers: ReadonlyMap<Label, number> = new Map();

  /** Use encoders.labels() or encoders.fromJSON(). */
  constructor(classes?: readonly L[]) {
    if (classes !== undefined) this.#learn(classes);
  }

  /**
   * Learns the labels: strings, or numbers. Their class numbers are their places in ascending order.
   * @throws DataError where there are none, or both kinds
   */
  fit<T extends Label>(labels: ArrayLike<T>): LabelEncoder<T extends string ? string : number> {
    const list = checkKind('encoder: labels', [...new Set(listOf<Label>('labels', labels))]);
    this.#learn(list.sort((a, b) => (a < b ? -1 : 1)) as readonly Label[] as readonly L[]);
    return this as unknown as LabelEncoder<T extends string ? string : number>;
  }

  /** The labels, in the order of their class numbers. */
  get classes(): readonly L[] {
    if (this.#classes === undefined) throw new StateError('encoder: call fit first');
    return this.#classes;
  }

  /**
   * Class numbers from 0, for sparseCategoricalCrossentropy; of two classes also for
   * binaryCrossentropy.
   * @throws DataError where `fit` has not seen a label
   */
  transform(labels: ArrayLike<L>): number[] {
    const { classes } = this;
    return listOf<L>('labels', labels).map((label, i) => {
      const number = this.#numbers.get(label);
      if (number !== undefined) return number;
      throw new DataError(
        `encoder: labels[${i}]: expected one of ${classes.length} known labels, such as ${show(classes[0])}, got ${show(label)}`,
      );
    });
  }

  /** One-hot rows, [labels, classes], for categoricalCrossentropy. */
  oneHot(labels: ArrayLike<L>): Tensor<2> {
    const numbers = this.transform(labels);
    const size = this.classes.length;
    const data = new Float32Array(numbers.length * size);
    numbers.forEach((number, i) => {
      data[i * size + number] = 1;
    });
    return new Tensor<2>(data, [numbers.length, size]);
  }

  /**
   * Labels of class numbers, of one-hot rows or of what `predict` gave: the largest of each row, or
   * of two classes and one output the second from ½ on.
   * @throws DataError where there is no such class, ShapeError where rows have another size
   */
  inverse(data: ClassData): L[] {
    const { classes } = this;
    const rows: unknown[] = listOf(
      'data',
      isTensor(data) ? new Tensor<number>(data.data, data.shape).rows() : data,
    );
    return rows.map((row, i) => {
      const number = typeof row === 'number' ? row : classOf(row, classes.length, i);
      const label = classes[number];
      if (label !== undefined) return label;
      throw new DataError(
        `encoder: data[${i}]: expected a class number from 0 to ${classes.length - 1}, got ${show(row)}`,
      );
    });
  }

  /** Plain data for `model.metadata`. */
  toJSON(): LabelEncoderJson {
    return { type: 'labels', classes: [...this.classes] };
  }

  #learn(classes: readonly L[]): void {
    this.#classes = classes;
    this.#numbers = new Map(classes.map((label, i) => [label, i]));
  }
}

function classOf(row: unknown, classes: number, i: number): number {
  const values = listOf<number>(`data[${i}]`, row);
  if (values.length === 1 && classes === 2) return (values[0] ?? 0) >= 0.5 ? 1 : 0;
  if (values.length === classes) return values.indexOf(Math.max(...values));
  throw new ShapeError(`encoder: data[${i}]: expected ${classes} values, got ${values.length}`);
}

/** The items of an array or typed array. */
function listOf<T>(where: string, list: unknown): T[] {
  if (isList(list)) return Array.from(list as ArrayLike<T>);
  throw new DataError(`encoder: ${where}: expected an array, got ${show(list)}`);
}

/** Encoders of targets; a fitted one is stored with a model as `model.metadata.labels = encoder.toJSON()`. */
export const encoders = {
  /** Strings or numbers as class numbers. */
  labels: (): LabelEncoder => new LabelEncoder(),
  /** A fitted encoder from what `toJSON` gave. */
  fromJSON(json: unknown): LabelEncoder {
    const where = 'encoders.fromJSON';
    const { type, classes } = (json ?? {}) as Partial<LabelEncoderJson>;
    if (type !== 'labels' || !Array.isArray(classes) || new Set(classes).size < classes.length)
      throw new DataError(`${where}: expected what toJSON gave, got ${show(json)}`);
    knownOptions(where, json as object, ['type', 'classes']);
    return new LabelEncoder(checkKind(where, [...(classes as readonly Label[])]));
  },
} as const;

/** Checks that labels are all strings or all numbers. */
function checkKind(where: string, labels: Label[]): Label[] {
  for (const label of labels) {
    const fits = typeof label === 'string' || Number.isFinite(label);
    if (!fits || typeof label !== typeof labels[0])
      throw new DataError(`${where}: expected strings, or numbers, got ${show(label)}`);
  }
  if (labels.length === 0) throw new DataError(`${where}: expected at least one label, got none`);
  return labels;
}
