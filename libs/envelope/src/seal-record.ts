import {ALG_X25519, build, encodeCanonical, keyId, sha256Of} from '@vitalvault/contracts';
import type {Fields, FieldsOf} from '@vitalvault/contracts';
import {PayloadSchema, PostedRecordSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord, RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {NONCE_BYTES, aeadSeal} from './aead.js';
import {hpkeSealFrom} from './hpke.js';
import {framePayload} from './payload.js';
import {recordIdOfPosted, recordKeyContext, releaseKeyContext} from './record-id.js';
import {signDigest, signingKeyOf} from './signing.js';
import type {RandomBytes} from './signing.js';

/** Fields of a header that follow from the rest of the record. */
type Derived = 'version' | 'kind' | 'device' | 'count' | 'releaseSuite' | 'releaseKeyId';

/** What a record is made of. Bytes: X25519 keys 32, ES256K private key 32. */
export interface RecordToSeal {
  header: Omit<Fields<RecordHeader>, Derived>;
  payload: FieldsOf<typeof PayloadSchema>;
  /** Of the header's tag and epoch. */
  epochPublicKey: Uint8Array;
  /** Of the custodian. */
  releasePublicKey: Uint8Array;
  devicePrivateKey: Uint8Array;
  random: RandomBytes;
}

/**
 * Encrypts readings with a fresh key, seals that key to the epoch and around it to the custodian, and signs.
 * Does NOT check that the keys are the owner's and the custodian's: the caller verified their statements.
 * @throws EnvelopeError `too-large` when the readings do not fit in 64 KiB, `bad-key`
 * @paper ME protocol 1; CA-18 (IPubK, Data, Sig)
 * @spec docs/protocol.md §3
 */
export async function sealRecord(record: RecordToSeal): Promise<PostedRecord> {
  const header = encodeCanonical(RecordHeaderSchema, {
    ...record.header,
    version: 1,
    kind: 1,
    device: keyId(signingKeyOf(record.devicePrivateKey)),
    count: record.payload.readings.length,
    releaseSuite: 1,
    releaseKeyId: keyId({alg: ALG_X25519, publicKey: record.releasePublicKey}),
  });
  const dek = record.random(32);
  const ciphertext = aeadSeal({
    key: dek,
    nonce: record.random(NONCE_BYTES),
    aad: header,
    plaintext: framePayload(record.payload),
  });
  const innerKey = await hpkeSealFrom({
    use: 'record-key',
    publicKey: record.epochPublicKey,
    context: recordKeyContext(header),
    plaintext: dek,
    ephemeral: record.random(32),
  });
  const innerKeyHash = sha256Of(innerKey);
  const sealedKey = await hpkeSealFrom({
    use: 'release-key',
    publicKey: record.releasePublicKey,
    context: releaseKeyContext(header, innerKeyHash),
    plaintext: innerKey,
    ephemeral: record.random(32),
  });
  const posted = build(PostedRecordSchema, {header, ciphertext, sealedKey, innerKeyHash, signature: new Uint8Array(0)});
  posted.signature = signDigest(record.devicePrivateKey, recordIdOfPosted(posted));
  return posted;
}
