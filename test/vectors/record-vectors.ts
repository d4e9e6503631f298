import {ALG_X25519, encodeCanonical, fromHex, keyId, sha256Of, toHex} from '@vitalvault/contracts';
import {RecordKeyContextSchema, ReleaseKeyContextSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {PayloadSchema, PostedRecordSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {aeadSeal, cidOf, framePayload, recordId, signDigest} from '@vitalvault/envelope';
import {schemaById} from '@vitalvault/sdk';
import {message} from './message-vector.ts';
import {sealed} from './seal-vectors.ts';
import {CHAIN, idOf, keys, random, tag} from './vector-keys.ts';

/** A record, from its reading to its CID. */
export async function record() {
  const reading =
    '{"header":{"id":"243c773b-8936-407e-9c23-270d0ea49cc4","creation_date_time":"2016-04-01T07:54:00Z","schema_id":{"namespace":"omh","name":"heart-rate","version":"2.0"}},' +
    '"body":{"heart_rate":{"value":93,"unit":"beats/min"},"effective_time_frame":{"date_time":"2016-04-01T07:54:00Z"}}}';
  const header = message(RecordHeaderSchema, {
    version: 1,
    kind: 1,
    chainId: CHAIN,
    patient: idOf('patient'),
    device: idOf('device'),
    registration: 1,
    typeTag: tag,
    epoch: 1,
    slot: 405_415,
    sequence: 7n,
    tagSequence: 5n,
    count: 1,
    releaseSuite: 1,
    releaseKeyId: keyId({alg: ALG_X25519, publicKey: keys.release.publicKey}),
  });
  const payload = {
    schemaId: 'omh:heart-rate:2.0',
    schemaHash: schemaById('omh:heart-rate:2.0')?.hash ?? new Uint8Array(),
    encoding: 1,
    readings: [new TextEncoder().encode(reading)],
  };
  const [dek, nonce] = [random(32), random(12)];
  const headerBytes = fromHex(header.bytes);
  const ciphertext = aeadSeal({key: dek, nonce, aad: headerBytes, plaintext: framePayload(payload)});
  const inner = await sealed('record-key', 'epoch', dek, {
    schema: RecordKeyContextSchema,
    init: {headerHash: sha256Of(headerBytes)},
  });
  const innerKey = fromHex(inner.sealed);
  const outer = await sealed('release-key', 'release', innerKey, {
    schema: ReleaseKeyContextSchema,
    init: {headerHash: sha256Of(headerBytes), innerKeyHash: sha256Of(innerKey)},
  });
  const id = recordId({
    header: headerBytes,
    ciphertextHash: sha256Of(ciphertext),
    innerKeyHash: sha256Of(innerKey),
    sealedKeyHash: sha256Of(fromHex(outer.sealed)),
  });
  const signature = signDigest(keys.device.privateKey, id);
  return {
    about: 'The ciphertext is to be opened only: another encoder of deflate gives other bytes.',
    header,
    payload: message(PayloadSchema, payload),
    dek: toHex(dek),
    nonce: toHex(nonce),
    ciphertext: toHex(ciphertext),
    innerKey: inner,
    sealedKey: outer,
    recordId: toHex(id),
    signature: toHex(signature),
    cid: cidOf(ciphertext),
    posted: toHex(
      encodeCanonical(PostedRecordSchema, {
        header: headerBytes,
        ciphertext,
        sealedKey: fromHex(outer.sealed),
        innerKeyHash: sha256Of(innerKey),
        signature,
      }),
    ),
  };
}
