import {MalformedError} from '../json-fields.js';

/** A genesis that no chain may start from and no verifier trusts; the message says what is wrong with it. */
export class InvalidGenesisError extends MalformedError {
  override readonly name = 'InvalidGenesisError';
}
