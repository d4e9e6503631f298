import {NotCanonicalError} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';

/** What a failure to decode means to who sent the bytes. */
export function codecFault(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (!(error instanceof NotCanonicalError)) return new DomainError('internal', {cause: error});
  return new DomainError(error.message.startsWith('unknown field') ? 'unknown-field' : 'malformed', {
    detail: `${error.message}.`,
    cause: error,
  });
}
