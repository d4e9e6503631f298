import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ChainTrust, ProofQuestion, VerifiedHeader} from '@vitalvault/light-client';
import type {ProvenAnswer} from '@vitalvault/proofs';
import type {LedgerClient, LedgerNode} from './ledger-client.js';

export interface VerifiedProofsOptions {
  readonly client: Pick<LedgerClient, 'demote' | 'passOver' | 'early' | 'proved' | 'headersOf'> & {
    inTurn(): readonly LedgerNode[];
  };
  readonly request: ProofQuestion;
  /** From the genesis. */
  readonly trust: ChainTrust;
  /** The proven state must be that after this block or a later one; waits for it. */
  readonly atLeast?: bigint;
  /**
   * The header may be older than now by at most this, and ahead by no more than a clock may be wrong. `any-time`: for
   * what is the chain's whatever the clock says, as who follows it asks.
   */
  readonly maxHeaderAgeMs: number | 'any-time';
  readonly timeoutMs?: number;
}

export interface VerifiedProofs {
  readonly answer: ProvenAnswer;
  /** The header whose app hash the proofs fold to; the state is that after `header.height - 1`. */
  readonly header: VerifiedHeader;
  /** What was verified, to be handed on to whoever verifies it again. */
  readonly response: ProofResponse;
  readonly signedHeader: string;
}
