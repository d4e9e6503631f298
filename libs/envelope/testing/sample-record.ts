import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {sha256Of} from '@vitalvault/contracts';
import {generateEncryptionKey} from '../src/encryption-key.js';
import {openSealedKey} from '../src/open-record.js';
import type {RecordToOpen} from '../src/open-record.js';
import {sealRecord} from '../src/seal-record.js';
import {generateSigningKey} from '../src/signing.js';
import type {KeyPair} from '../src/signing.js';
import {seededRandom} from './seeded-random.js';

export interface SampleRecord {
  posted: PostedRecord;
  /** What a reader has after the release. */
  toOpen: RecordToOpen;
  device: KeyPair;
  epoch: KeyPair;
  release: KeyPair;
  readings: Uint8Array[];
}

/** A sealed record with all of its keys, the same for the same seed. */
export async function sampleRecord(seed = 'sample', readings = ['{"v":93}', '{"v":91}']): Promise<SampleRecord> {
  const random = seededRandom(seed);
  const device = generateSigningKey(random);
  const epoch = generateEncryptionKey(random);
  const release = generateEncryptionKey(random);
  const bytes = readings.map((text) => new TextEncoder().encode(text));
  const posted = await sealRecord({
    header: {
      chainId: 'vv-test',
      patient: random(20),
      registration: 1,
      typeTag: random(16),
      epoch: 1,
      slot: 405_000,
      sequence: 7n,
      tagSequence: 5n,
    },
    payload: {schemaId: 'omh:heart-rate:2.0', schemaHash: random(32), encoding: 1, readings: bytes},
    epochPublicKey: epoch.publicKey,
    releasePublicKey: release.publicKey,
    devicePrivateKey: device.privateKey,
    random,
  });
  const innerKey = await openSealedKey(posted, release.privateKey);
  const toOpen: RecordToOpen = {
    header: posted.header,
    ciphertext: posted.ciphertext,
    ciphertextHash: sha256Of(posted.ciphertext),
    innerKey,
    innerKeyHash: posted.innerKeyHash,
    sealedKeyHash: sha256Of(posted.sealedKey),
    signature: posted.signature,
    devicePublicKey: device.publicKey,
    epochPrivateKey: epoch.privateKey,
  };
  return {posted, toOpen, device, epoch, release, readings: bytes};
}
