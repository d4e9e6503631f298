import type {DescMessage, MessageShape} from '@bufbuild/protobuf';
import {NotCanonicalError, decodeCanonical} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';

/** Decodes what a caller sent. @throws DomainError malformed, unknown-field */
export function decodeForCaller<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    return decodeCanonical(schema, bytes);
  } catch (cause) {
    throw asCallersFault(cause);
  }
}

/** What a decoder refused as the caller's error; anything else as it is. */
export function asCallersFault(cause: unknown): unknown {
  if (!(cause instanceof NotCanonicalError)) return cause;
  return new DomainError(cause.message.startsWith('unknown field') ? 'unknown-field' : 'malformed', {
    detail: cause.message,
    cause,
  });
}
