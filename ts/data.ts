import type { Shape } from './spec.ts';
import type { BatchSource } from './streams.ts';
import type { Nested, Tensor } from './tensor.ts';

/** Sequences, [batch, time, features]; nested arrays may differ in length. */
export type Sequences = Tensor<3> | Nested<3>;

/** Sequences of one feature, whose axis may be left out: [batch, time, 1] or [batch, time]. */
export type Series = Tensor<3> | Nested<3> | Tensor<2> | Nested<2>;

/** Vectors, [batch, features]. */
export type Vectors = Tensor<2> | Nested<2>;

/** Vectors of one feature, whose axis may be left out: [batch, 1] or [batch]. */
export type Scalars = Tensor<2> | Nested<2> | Tensor<1> | Nested<1>;

/** Any input that some model reads. */
export type AnyInputs = Tensor | Nested<1> | Nested<2> | Nested<3>;

/**
 * Targets at every time step, [batch, time, units]; [batch, time] for one unit and for class
 * numbers.
 */
export type SequenceTargets = Tensor<3> | Nested<3> | Tensor<2> | Nested<2>;

/** Targets of an example, [batch, units]; [batch] for one unit and for class numbers. */
export type VectorTargets = Tensor<2> | Nested<2> | Tensor<1> | Nested<1>;

/** Targets that some model is trained towards. */
export type AnyTargets = Tensor | Nested<1> | Nested<2> | Nested<3>;

/** What a model reads whose input has this shape. */
export type InputsOf<S extends Shape> = Shape extends S
  ? AnyInputs
  : S extends readonly [unknown, infer F]
    ? F extends 1
      ? Series
      : Sequences
    : S extends readonly [1]
      ? Scalars
      : Vectors;

/** What a model is trained towards whose output has this shape. */
export type TargetsOf<S extends Shape> = Shape extends S
  ? AnyTargets
  : S extends readonly [unknown, unknown]
    ? SequenceTargets
    : VectorTargets;

/** Rank of what a model gives whose output has this shape, the batch included. */
export type RankOf<S extends Shape> = Shape extends S
  ? 2 | 3
  : S extends readonly [unknown, unknown]
    ? 3
    : 2;

/** What `fit` and `evaluate` take first: inputs, or a stream of batches. */
export type Data<X, Y> = X | BatchSource<X, Y>;

/** The first argument by its type `A`; where that is neither, TypeScript puts `Data` in its place. */
export type DataArgument<A, X, Y> = [Data<X, Y>] extends [A]
  ? Data<X, Y>
  : A extends X
    ? X
    : A extends BatchSource<X, Y>
      ? A
      : X;

/** The arguments after it: targets and options; after a stream of batches options alone. */
export type OtherArguments<A, X, Y, O> = [A] extends [never]
  ? [y: Y, options?: O] | [options?: O]
  : A extends X
    ? [y: Y, options?: O]
    : A extends BatchSource<X, Y>
      ? [options?: O]
      : [y: Y, options?: O];
