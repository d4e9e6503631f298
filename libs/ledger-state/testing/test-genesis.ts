import {ed25519} from '@noble/curves/ed25519.js';
import type {MessageInitShape} from '@bufbuild/protobuf';
import {ALG_X25519, compareBytes, encodeCanonical, keyId, ORG_ROLE, sha256Of} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {ParametersSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {testEncryptionKey, testKey} from './test-keys.js';
import type {TestKey} from './test-keys.js';

/** The numbers of docs/protocol.md §10. */
export const DEFAULT_PARAMETERS = {
  rights: {burst: 64, refill: 1, seconds: 3_600},
  accessRequests: {burst: 512, refill: 1, seconds: 10},
  deviceEntries: {burst: 100_000, refill: 1, seconds: 10},
  ownerEntries: {burst: 100_000, refill: 1, seconds: 10},
  organisationEntries: {burst: 500_000, refill: 64, seconds: 1},
  enrolments: {burst: 1_024, refill: 1, seconds: 60},
  refusals: {burst: 32, refill: 1, seconds: 21_600},
  requests: {burst: 256, refill: 1, seconds: 600},
  organisationRefusals: {burst: 128, refill: 1, seconds: 10_800},
  organisationRequests: {burst: 1_024, refill: 1, seconds: 300},
  suspensions: {burst: 1_024, refill: 1, seconds: 60},
  successions: {burst: 4, refill: 1, seconds: 86_400},
  maxBlockBytes: 4_194_304,
  releaseBlocks: 1_200,
  releaseSeconds: 3_600,
  maxExpiryBlocks: 200_000n,
  maxExpirySeconds: 86_400n,
  removalGraceBlocks: 150_000,
  removalGraceSeconds: 86_400,
  holdings: {
    tags: 128,
    epochs: 2_048,
    liveGrants: 128,
    grants: 1_024,
    registrations: 256,
    liveDevices: 32,
    rights: 128,
  },
  holdingsPerSuccession: {tags: 2, epochs: 64, liveGrants: 2, grants: 16, registrations: 4, liveDevices: 1, rights: 64},
  maxSuccessions: 64,
  maxKeys: 100_000n,
  maxLeaves: 1_000_000n,
} satisfies MessageInitShape<typeof ParametersSchema>;

export interface TestOrganisation {
  readonly id: Uint8Array;
  readonly admin: TestKey;
  readonly sponsor: TestKey;
  readonly ingest: TestKey;
  readonly storage: TestKey;
  readonly policy: TestKey;
  /** X25519. */
  readonly release: {readonly id: Uint8Array; readonly publicKey: Uint8Array; readonly privateKey: Uint8Array};
}

/** The keys of an organisation by its name. */
export function testOrganisation(name: string): TestOrganisation {
  const role = (of: string): TestKey => testKey(`${name} ${of}`);
  const release = testEncryptionKey(`${name} release`);
  const id = keyId({alg: ALG_X25519, publicKey: release.publicKey});
  const admin = role('admin');
  return {
    id: admin.id,
    admin,
    sponsor: role('sponsor'),
    ingest: role('ingest'),
    storage: role('storage'),
    policy: role('policy'),
    release: {id, ...release},
  };
}

/**
 * Canonical `app_state` of a chain with these organisations; each has one validator whose key is made up from its name.
 */
export function testGenesis(
  names: readonly string[],
  parameters: MessageInitShape<typeof ParametersSchema> = DEFAULT_PARAMETERS,
  validatorKeys?: readonly Uint8Array[],
): Uint8Array {
  const organisations = names.map((name, i) => {
    const {id, admin, sponsor, ingest, storage, policy, release} = testOrganisation(name);
    const signing = [
      [ORG_ROLE.admin, admin],
      [ORG_ROLE.sponsor, sponsor],
      [ORG_ROLE.ingest, ingest],
      [ORG_ROLE.storage, storage],
      [ORG_ROLE.policy, policy],
    ] as const;
    const keys = signing.map(([role, {key}]) => ({key, role}));
    const validator = {
      publicKey: validatorKeys?.[i] ?? ed25519.getPublicKey(hashOf(`validator ${name}`)),
      power: 10n,
      nodeId: hashOf(`node ${name}`).subarray(0, 20),
    };
    return {
      id,
      name,
      keys: [...keys, {key: {alg: ALG_X25519, publicKey: release.publicKey}, role: ORG_ROLE.release}],
      validators: [validator],
    };
  });
  return encodeCanonical(GenesisSchema, {
    version: 1,
    parameters,
    organisations: organisations.sort((a, b) => compareBytes(a.id, b.id)),
    oneCanStop: names.length === 2 || names.length === 3,
  });
}

const hashOf = (name: string): Uint8Array => sha256Of(new TextEncoder().encode(name));
