import {ORG_ROLE, decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import {create} from '@bufbuild/protobuf';
import {GenesisOrganisationSchema, GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {SignedServiceDescriptionSchema} from '@vitalvault/contracts/gen/policy/v1/description';
import {generateSigningKey, openServiceDescription, signingKeyOf} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/envelope/testing';
import {DescribeService} from './describe-service.js';

const key = generateSigningKey(seededRandom('policy'));
const own = decodeCanonical(
  GenesisOrganisationSchema,
  encodeCanonical(GenesisOrganisationSchema, {
    id: new Uint8Array(20).fill(7),
    name: 'hospital',
    keys: [{key: signingKeyOf(key.privateKey), role: ORG_ROLE.policy, fromSlot: 3, toSlot: 9}],
  }),
);
const genesis = create(GenesisSchema, {organisations: [own]});

describe('DescribeService', () => {
  it('names organisation and keys as the genesis has them, and signs anew after half a day', () => {
    let now = 1_700_000_000_500;
    const service = new DescribeService({
      genesis: {chainId: 'vv-test', genesis},
      organisation: '07'.repeat(20),
      policyPrivateKey: key.privateKey,
      now: () => now,
    });
    const read = () => {
      const signed = decodeCanonical(SignedServiceDescriptionSchema, service.execute());
      return openServiceDescription(signed, signingKeyOf(key.privateKey));
    };
    expect(read()).toMatchObject({
      chainId: 'vv-test',
      service: 'policy',
      organisation: own.id,
      keys: [{role: ORG_ROLE.policy, fromSlot: 3, toSlot: 9}],
      issuedAt: 1_700_000_000n,
      expiresAt: 1_700_086_400n,
    });
    now += 43_200_000;
    expect(read().issuedAt).toBe(1_700_000_000n);
    now += 1;
    expect(read().issuedAt).toBe(1_700_043_200n);
  });
});
