import {verifiedLeaves} from '@vitalvault/ledger-client';
import type {LeavesOfLog, VerifiedLeavesOptions} from '@vitalvault/ledger-client';
import {withSpan} from '@vitalvault/process';
import type {ProvenLogs} from '../../application/ports.js';

/** Leaves of logs with their proofs, over CometBFT's RPC; the header may be old, since the chain may be. */
export class CometProvenLogs implements ProvenLogs {
  constructor(private readonly options: Omit<VerifiedLeavesOptions, 'atLeast'>) {}

  async leaves(logs: readonly LeavesOfLog[], atLeast: bigint): Promise<readonly (readonly Uint8Array[])[]> {
    return withSpan('ledger.verified_leaves', {kind: 'client'}, () => verifiedLeaves(logs, {...this.options, atLeast}));
  }
}
