import type {JsonValue} from '@bufbuild/protobuf';
import {ALG_X25519, TAGS, keyId, taggedHash, toHex} from '@vitalvault/contracts';
import {schemaById} from '@vitalvault/sdk';
import {record} from './record-vectors.ts';
import {alerts} from './alert-vectors.ts';
import {requests} from './request-vectors.ts';
import {hpke} from './seal-vectors.ts';
import {state} from './state-vectors.ts';
import {statements} from './statement-vectors.ts';
import {results} from './result-vectors.ts';
import {transactions} from './transaction-vectors.ts';
import {CHAIN, encryption, idOf, random, signing, tag, tagKey} from './vector-keys.ts';

/** The whole of test/vectors/protocol.json. */
export async function protocolVectors(): Promise<JsonValue> {
  // In this order: each takes the next of the fixed randomness.
  const sample = random(40);
  const signed = statements();
  const sealedRecord = await record();
  const seals = await hpke();
  const vectors = {
    about:
      'Values for every formula of docs/protocol.md. Made by test/vectors/generate.ts from fixed words; the keys are public: never use them.',
    chainId: CHAIN,
    signingKeys: Object.fromEntries(
      signing.map(([name, {privateKey, publicKey}]) => [
        name,
        {privateKey: toHex(privateKey), publicKey: toHex(publicKey), keyId: toHex(idOf(name))},
      ]),
    ),
    encryptionKeys: Object.fromEntries(
      encryption.map(([name, {privateKey, publicKey}]) => [
        name,
        {privateKey: toHex(privateKey), publicKey: toHex(publicKey), keyId: toHex(keyId({alg: ALG_X25519, publicKey}))},
      ]),
    ),
    taggedHashes: {
      input: toHex(sample),
      outputs: Object.fromEntries(TAGS.map((name) => [name, toHex(taggedHash(name, sample))])),
    },
    typeTag: {tagKey: toHex(tagKey), schemaName: 'omh:heart-rate', tag: toHex(tag)},
    schemaHash: {
      schemaId: 'omh:heart-rate:2.0',
      hash: toHex(schemaById('omh:heart-rate:2.0')?.hash ?? new Uint8Array()),
    },
    statements: signed,
    record: sealedRecord,
    hpke: seals,
    transactions: transactions(signed, sealedRecord),
    results: results(),
    state: state(),
    requests: requests(),
    alerts: alerts(),
  };
  return vectors as unknown as JsonValue;
}
