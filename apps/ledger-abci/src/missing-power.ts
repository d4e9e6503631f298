import {BlockIDFlag} from '@vitalvault/abci';
import type {RequestFinalizeBlock} from '@vitalvault/abci';
import {toHex} from '@vitalvault/contracts';
import {SLOTS, load} from '@vitalvault/ledger-state';
import type {StateView} from '@vitalvault/ledger-state';
import type {LabelsOf} from '@vitalvault/process';

type Votes = NonNullable<RequestFinalizeBlock['decidedLastCommit']>['votes'];

interface Missing {
  readonly labels: LabelsOf<'vitalvault.ledger.missing_power'>;
  /** Share of all voting power, 0 to 1. */
  readonly value: number;
}

/**
 * What each organisation's validators did not put under the block before, by the votes that a block brings with it; a
 * vote for no block puts nothing. Nothing of the first block, which brings none.
 */
export function missingPower(votes: Votes, state: StateView): Missing[] {
  const missing = new Map<string, bigint>();
  let all = 0n;
  for (const {validator, blockIdFlag} of votes) {
    const [address, power] = [validator?.address ?? new Uint8Array(0), validator?.power ?? 0n];
    const organisation = toHex(load(state, SLOTS.validator, [address])?.organisation ?? new Uint8Array(0)) || 'unknown';
    const more = blockIdFlag === BlockIDFlag.BLOCK_ID_FLAG_COMMIT ? 0n : power;
    missing.set(organisation, (missing.get(organisation) ?? 0n) + more);
    all += power;
  }
  if (all === 0n) return [];
  return [...missing].map(([organisation, power]) => ({labels: {organisation}, value: Number(power) / Number(all)}));
}
