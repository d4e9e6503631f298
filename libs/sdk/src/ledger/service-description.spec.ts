import {describe, expect, it} from '@jest/globals';
import {create} from '@bufbuild/protobuf';
import {decodeCanonical, encodeCanonical, toHex} from '@vitalvault/contracts';
import {
  ServiceDescriptionSchema,
  SignedServiceDescriptionSchema,
} from '@vitalvault/contracts/gen/policy/v1/description';
import type {ServiceDescription} from '@vitalvault/contracts/gen/policy/v1/description';
import {signBytes, signServiceDescription} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/envelope/testing';
import {TEST_CHAIN, testOrganisation} from '@vitalvault/ledger-state/testing';
import {parseGenesis} from '@vitalvault/light-client';
import {MemoryPlatform} from '../../testing/memory-platform.js';
import {describedService, verifyServiceDescription} from './service-description.js';
import {VerifiedLedger} from './verified-ledger.js';

const platform = new MemoryPlatform();
const genesis = parseGenesis(platform.chain.genesisText);
const NOW = 1_700_000_000;
const trust = {genesis, now: NOW * 1_000};

function describedBy(name: string, issuedAt = NOW): Uint8Array {
  const {id, policy} = testOrganisation(name);
  const organisation = genesis.genesis.organisations.find((one) => toHex(one.id) === toHex(id));
  if (organisation === undefined) throw new Error(name);
  const described = {chainId: TEST_CHAIN, organisation, issuedAt};
  return encodeCanonical(SignedServiceDescriptionSchema, signServiceDescription(described, policy.privateKey));
}

/** The clinic's description with one thing changed, signed by a key of the clinic or the hospital. */
function forged(change: Partial<ServiceDescription>, key = testOrganisation('clinic').policy.privateKey): Uint8Array {
  const signed = decodeCanonical(SignedServiceDescriptionSchema, describedBy('clinic'));
  const description = {...decodeCanonical(ServiceDescriptionSchema, signed.description), ...change};
  const bytes = encodeCanonical(ServiceDescriptionSchema, description);
  return encodeCanonical(
    SignedServiceDescriptionSchema,
    create(SignedServiceDescriptionSchema, {
      description: bytes,
      signature: signBytes('service-description', bytes, key),
    }),
  );
}

describe('whose service it is', () => {
  it('is what the policy key of an organisation in the genesis says', () => {
    expect(verifyServiceDescription(describedBy('clinic'), trust)).toEqual({
      organisation: toHex(testOrganisation('clinic').id),
      name: 'clinic',
      expiresAt: NOW + 86_400,
    });
    expect(verifyServiceDescription(forged({}), trust).name).toBe('clinic');
  });

  it.each([
    ["the hospital's policy key", forged({}, testOrganisation('hospital').policy.privateKey)],
    ["another key of the clinic's", forged({}, testOrganisation('clinic').ingest.privateKey)],
    ['another ledger', forged({chainId: 'other'})],
    ['nobody in the genesis', forged({organisation: new Uint8Array(20)})],
    ['another organisation than its key', forged({organisation: testOrganisation('hospital').id})],
    ['another service', forged({service: 'storage'})],
    ['a key left out', forged({keys: []})],
    ['the future', describedBy('clinic', NOW + 61)],
    ['the day before yesterday', describedBy('clinic', NOW - 86_400 - 61)],
    ['for ever', forged({expiresAt: BigInt(NOW + 86_401)})],
    ['bytes of something else', Uint8Array.of(1, 2, 3)],
    ['nothing', new Uint8Array()],
  ])('is not believed from %s', (_what, bytes) => {
    expect(() => verifyServiceDescription(bytes, trust)).toThrow(
      expect.objectContaining({code: 'description-invalid'}),
    );
  });

  it.each([
    ['ahead', describedBy('clinic', NOW + 3_600), 'it is of 3600 s from now'],
    ['behind', describedBy('clinic', NOW - 86_400 - 3_600), 'it ended 3600 s ago'],
  ])('is said to be of a wrong clock when the service is an hour %s', (_where, bytes, words) => {
    expect(() => verifyServiceDescription(bytes, trust)).toThrow(
      expect.objectContaining({detail: `${words}: the clock of this device is wrong, or that of the service`}),
    );
  });

  it('is asked once by a client, before anything else, and another organisation is named', async () => {
    const api = platform.api(seededRandom('description'));
    const ledger = new VerifiedLedger({api, genesis});
    await Promise.all([ledger.head(), ledger.slot()]);
    expect(platform.calls.filter((call) => call === 'GET /.well-known/vitalvault')).toHaveLength(1);
    expect(platform.calls[0]).toBe('GET /.well-known/vitalvault');
    expect((await describedService(api, genesis)).name).toBe('hospital');

    const issuedAt = Math.floor(platform.chain.timeMs / 1_000);
    platform.tamper = (path, answer) =>
      path === '/.well-known/vitalvault' ? {bytes: describedBy('clinic', issuedAt)} : answer;
    const lost = new VerifiedLedger({api, genesis});
    platform.calls.length = 0;
    await expect(lost.head()).rejects.toMatchObject({
      code: 'other-organisation',
      meta: {organisation: toHex(testOrganisation('clinic').id)},
    });
    expect(platform.calls).toEqual(['GET /.well-known/vitalvault']);
  });
});
