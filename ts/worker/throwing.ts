import { transferHandlers } from 'comlink';
import { detailsOf } from '../errors.ts';

/** As Comlink writes a thrown error. */
interface Thrown {
  readonly isError: boolean;
  readonly value: unknown;
}

const isThrown = (value: unknown): value is Thrown =>
  typeof value === 'object' && value !== null && 'isError' in value && 'value' in value;

/** Lets thrown errors carry their details over the boundary, beside name and message. */
export function sendErrorDetails(): void {
  const handler = transferHandlers.get('throw');
  if (handler === undefined) return;
  transferHandlers.set('throw', {
    ...handler,
    serialize(thrown: { readonly value: unknown }) {
      const [serialized, transferables] = handler.serialize(thrown);
      const error = thrown.value;
      if (!isThrown(serialized) || !(error instanceof Error)) return [serialized, transferables];
      return [
        { isError: true, value: { ...(serialized.value as object), ...detailsOf(error) } },
        transferables,
      ];
    },
  });
}
