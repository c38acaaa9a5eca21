import { type Engine, slots } from '../engine/engine.ts';
import type { Packed } from '../pack.ts';
import { examplesOf, load } from './data.ts';
import type { FitRequest, Validation } from './protocol.ts';

/** Where the validation data are, once those that came with the request lie in the engine. */
export type LoadedValidation = Exclude<Validation, { kind: 'batch' }> | { readonly kind: 'slot' };

/** A request whose data have been copied into the engine and checked: it holds no arrays itself. */
export interface LoadedRequest extends Omit<FitRequest, 'data' | 'validation'> {
  /** Number of training examples; null for a stream. */
  readonly examples: number | null;
  readonly validation: LoadedValidation;
  /** Whether all batches cost about the same. */
  readonly steady: boolean;
}

/** Copies the data of a request into the engine, where they are checked. */
export function loadRequest(
  engine: Engine,
  { data, validation, ...rest }: FitRequest,
): LoadedRequest {
  if (validation.kind === 'batch') load(engine, slots.validation, validation.batch);
  if (data !== undefined) load(engine, slots.train, data);
  const ragged = (packed: Packed) => packed.lengths !== undefined;
  return {
    ...rest,
    examples: data === undefined ? null : trainingExamples(validation, examplesOf(data)),
    validation: validation.kind === 'batch' ? { kind: 'slot' } : validation,
    steady: data !== undefined && !data.inputs.some(ragged),
  };
}

const trainingExamples = (validation: Validation, all: number): number =>
  validation.kind === 'split' ? validation.from : all;
