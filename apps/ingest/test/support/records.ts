import {ALG_ES256K, ALG_X25519, build, encodeCanonical, keyId} from '@vitalvault/contracts';
import type {ChangesTo} from '@vitalvault/contracts';
import {PostedRecordSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {generateSigningKey, recordIdOfPosted, signDigest} from '@vitalvault/envelope';
import {testEncryptionKey, testOrganisation} from '@vitalvault/ledger-state/testing';

const NONE = new Uint8Array(0);

// Seeded: the same bytes in every run.
function seeded(seed: number): (length: number) => Uint8Array {
  let state = seed;
  return (length) =>
    Uint8Array.from({length}, () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return (state >>> 16) & 0xff;
    });
}

export const random = seeded(7);
export const CHAIN = 'vv-spec';
export const NOW_MS = Date.UTC(2026, 0, 1, 12, 30);
export const SLOT = Math.floor(NOW_MS / 3_600_000);
export const deviceKey = generateSigningKey(random);
export const device = keyId({alg: ALG_ES256K, publicKey: deviceKey.publicKey});
export const patient = random(20);
export const tag = random(16);
export const releaseKey = {alg: ALG_X25519, publicKey: testEncryptionKey('release').publicKey};
export const organisation = testOrganisation('hospital').id;

/** A well-formed record of `device`; what is inside the ciphertext does not matter to ingest. */
export function record(
  header: ChangesTo<typeof RecordHeaderSchema> = {},
  posted: ChangesTo<typeof PostedRecordSchema> = {},
): PostedRecord {
  const made = build(PostedRecordSchema, {
    header: encodeCanonical(RecordHeaderSchema, {
      version: 1,
      kind: 1,
      chainId: CHAIN,
      patient,
      device,
      registration: 1,
      typeTag: tag,
      epoch: 1,
      slot: SLOT,
      sequence: 1n,
      tagSequence: 1n,
      count: 3,
      releaseSuite: 1,
      releaseKeyId: keyId(releaseKey),
      ...header,
    }),
    ciphertext: random(256),
    sealedKey: random(128),
    innerKeyHash: random(32),
    signature: NONE,
    ...posted,
  });
  if (posted.signature === undefined) made.signature = signDigest(deviceKey.privateKey, recordIdOfPosted(made));
  return made;
}

/** Records with these sequence numbers. */
export const numbered = (...sequences: number[]): PostedRecord[] =>
  sequences.map((sequence) => record({sequence: BigInt(sequence), tagSequence: BigInt(sequence)}));
