import {encodeCanonical, toHex} from '@vitalvault/contracts';
import {SignedServiceDescriptionSchema} from '@vitalvault/contracts/gen/policy/v1/description';
import {DESCRIPTION_SECONDS, signServiceDescription} from '@vitalvault/envelope';
import type {ParsedGenesis} from '@vitalvault/light-client';
import type {Clock, Id} from './ports.js';

/** Signed anew when half of its time is over, so that nobody gets one that is about to end. */
const RENEWED_AFTER_MS = (DESCRIPTION_SECONDS * 1_000) / 2;

/** Says whose service this is, by the organisation's policy key. @spec docs/protocol.md §8.5 */
export class DescribeService {
  #last: {readonly bytes: Uint8Array; readonly signedAtMs: number} | undefined;

  constructor(
    private readonly options: {
      genesis: Pick<ParsedGenesis, 'chainId' | 'genesis'>;
      organisation: Id;
      /** 32 bytes; signs nothing else. */
      policyPrivateKey: Uint8Array;
      now: Clock;
    },
  ) {}

  /** @returns canonical bytes of a SignedServiceDescription */
  execute(): Uint8Array {
    const {now, policyPrivateKey, genesis, organisation} = this.options;
    const nowMs = now();
    if (this.#last === undefined || Math.abs(nowMs - this.#last.signedAtMs) > RENEWED_AFTER_MS) {
      const own = genesis.genesis.organisations.find(({id}) => toHex(id) === organisation);
      if (own === undefined) throw new RangeError('the genesis does not have this organisation');
      const described = {chainId: genesis.chainId, organisation: own, issuedAt: Math.floor(nowMs / 1_000)};
      const signed = signServiceDescription(described, policyPrivateKey);
      this.#last = {bytes: encodeCanonical(SignedServiceDescriptionSchema, signed), signedAtMs: nowMs};
    }
    return this.#last.bytes;
  }
}
