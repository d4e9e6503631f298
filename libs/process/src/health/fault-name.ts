import {DomainError} from '@vitalvault/errors';

/** Errors of ours whose words name types and rules, and nothing that somebody sent. */
const SPOKEN: ReadonlySet<string> = new Set([
  'ChainFault',
  'DeadLettersFull',
  'JunkMessage',
  'NewerMessage',
  'NotCanonicalError',
  'PositionFault',
  'ProjectionFault',
  'UnknownKind',
]);
const CODE = /^[A-Z0-9_]{2,40}$/;

/** What kind of fault an error is, by codes and names alone: foreign words may carry values. */
export function faultName(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  if (!(error instanceof Error)) return 'error';
  if (SPOKEN.has(error.name)) return `${error.name}: ${error.message}`;
  const {code} = error as {code?: unknown};
  return typeof code === 'string' && CODE.test(code) ? `${error.name} ${code}` : error.name;
}
