import {decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {DEFAULT_PARAMETERS, testGenesis} from '@vitalvault/ledger-state/testing';

export const BENCH_CHAIN = 'vitalvault-bench';
export const HOSPITAL = 'hospital';
/** A few people stand for many: what one of them may do at once is not what is measured. */
const AMPLE = 1_000_000;

/** Genesis of one hospital whose quotas never bind. @param validatorKey Ed25519, of the CometBFT that will run it */
export function benchGenesis(validatorKey?: Uint8Array): Uint8Array {
  const bytes = testGenesis([HOSPITAL], DEFAULT_PARAMETERS, validatorKey && [validatorKey]);
  const genesis = decodeCanonical(GenesisSchema, bytes);
  for (const value of Object.values(genesis.parameters ?? {}) as unknown[])
    if (isQuota(value)) Object.assign(value, {burst: AMPLE, refill: AMPLE});
  // Nor do the ceilings: the largest that a genesis may have.
  if (genesis.parameters !== undefined) Object.assign(genesis.parameters, {maxKeys: 2n ** 23n, maxLeaves: 2n ** 25n});
  return encodeCanonical(GenesisSchema, genesis);
}

function isQuota(value: unknown): value is {burst: number; refill: number} {
  return typeof value === 'object' && value !== null && 'burst' in value && 'refill' in value;
}
