import type {Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import {demand} from './demand.js';

/** Who shares a ledger, in numbers. */
export interface Sharers {
  readonly organisations: number;
  readonly validators: number;
}

// Of each organisation: an import of 100,000 records is bulk, seven tenths of its part. Of each validator: what it may
// have written about itself, and its own keys.
const EACH = {organisation: {keys: 10_000n, leaves: 150_000n}, validator: {keys: 2_000n}} as const;

/** The least `max_keys` and `max_leaves` of a ledger that so many share. @spec docs/protocol.md §10 */
export function leastRoom({organisations, validators}: Sharers): {readonly keys: bigint; readonly leaves: bigint} {
  const {organisation, validator} = EACH;
  return {
    keys: BigInt(organisations) * organisation.keys + BigInt(validators) * validator.keys,
    leaves: BigInt(organisations) * organisation.leaves,
  };
}

/** Whether each organisation has a part that it can live in. @throws InvalidGenesisError */
export function checkRoom({maxKeys, maxLeaves}: Parameters, sharers: Sharers): void {
  const {keys, leaves} = leastRoom(sharers);
  const of = `of ${String(sharers.organisations)} organisations and ${String(sharers.validators)} validators`;
  demand(maxKeys >= keys, `max_keys is ${String(maxKeys)}, and a ledger ${of} needs ${String(keys)} at the least`);
  demand(
    maxLeaves >= leaves,
    `max_leaves is ${String(maxLeaves)}, and a ledger ${of} needs ${String(leaves)} at the least`,
  );
}
