import {create} from '@bufbuild/protobuf';
import {keyId} from '@vitalvault/contracts';
import type {GenesisOrganisation} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {
  ServiceDescriptionSchema,
  SignedServiceDescriptionSchema,
} from '@vitalvault/contracts/gen/policy/v1/description';
import type {ServiceDescription, SignedServiceDescription} from '@vitalvault/contracts/gen/policy/v1/description';
import type {PublicSigningKey} from './signing.js';
import {openStatement, signStatement} from './statements.js';

const DESCRIPTION = {tag: 'service-description', schema: ServiceDescriptionSchema} as const;

/** Longest time that a description may hold, in seconds. @spec docs/protocol.md §8.5 */
export const DESCRIPTION_SECONDS = 86_400;

/** Who speaks: an organisation as the genesis has it, at a time in Unix seconds. */
export interface ServiceToDescribe {
  readonly chainId: string;
  readonly organisation: GenesisOrganisation;
  readonly issuedAt: number;
}

/** What policy says about its organisation: whose service it is, with which keys. */
export function signServiceDescription(
  {chainId, organisation: {id, keys}, issuedAt}: ServiceToDescribe,
  policyPrivateKey: Uint8Array,
): SignedServiceDescription {
  const {bytes, signature} = signStatement(
    DESCRIPTION,
    {
      chainId,
      organisation: id,
      service: 'policy',
      keys: keys.flatMap(({key, role, fromSlot, toSlot}) =>
        key === undefined ? [] : [{keyId: keyId(key), role, fromSlot, toSlot}],
      ),
      issuedAt: BigInt(issuedAt),
      expiresAt: BigInt(issuedAt + DESCRIPTION_SECONDS),
    },
    policyPrivateKey,
  );
  return create(SignedServiceDescriptionSchema, {description: bytes, signature});
}

/** @throws EnvelopeError `bad-signature`, `not-canonical` */
export function openServiceDescription(
  signed: SignedServiceDescription,
  policyKey: PublicSigningKey,
): ServiceDescription {
  return openStatement(DESCRIPTION, {bytes: signed.description, signature: signed.signature}, policyKey);
}
