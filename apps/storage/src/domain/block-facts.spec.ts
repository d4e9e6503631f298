import {CODE, NotCanonicalError, encodeCanonical, keyId, toHex, transactionId} from '@vitalvault/contracts';
import {
  PEOPLE,
  anchorRecords,
  recordEntry,
  requestAccess,
  skipEntry,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import type {TxMessage} from '@vitalvault/contracts';
import {AnchorResultsSchema, DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {encodeBody, generateSigningKey, signTx} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/testkit';
import {hexOf} from '../../test/support/sample-records.js';
import {factsOf} from './block-facts.js';

const random = seededRandom('facts');
const [pair, device] = [generateSigningKey(random), generateSigningKey(random)];
const tx = (message: TxMessage): {bytes: Uint8Array; id: string} => {
  const body = encodeBody({version: 1, chainId: 'c', expiresAtHeight: 1n, expiresAtTime: 1n, nonce: 1n, message});
  return {
    bytes: signTx(body, [pair.privateKey]),
    id: toHex(transactionId(body, [{alg: 1, publicKey: pair.publicKey}])),
  };
};
const asked = {message: requestAccess(new Uint8Array(20).fill(1), {})};
const request = tx(
  requestAccess(new Uint8Array(20).fill(1), {typeTag: new Uint8Array(16).fill(2), slotFrom: 3, slotTo: 4}),
);
const anchor = tx({case: 'anchorRecords', value: {entries: []}});
const registration = tx({
  case: 'registerDevice',
  value: {
    owner: new Uint8Array(20),
    deviceKey: {alg: 1, publicKey: device.publicKey},
    typeTags: [],
    deviceClass: 1,
    fromSlot: 0,
  },
});

describe('factsOf', () => {
  it('reads decisions with the key that asked', () => {
    const data = encodeCanonical(DecisionSchema, {
      permit: true,
      index: 5n,
      recordLogSize: 6n,
      grantVersion: 1,
      releaseUntilHeight: 7n,
      releaseUntilTime: 8n,
    });
    expect(factsOf([request.bytes], [{code: 0, data}]).requests).toEqual([
      {
        txId: request.id,
        signerKeyId: toHex(keyId({alg: 1, publicKey: pair.publicKey})),
        patient: hexOf(1),
        typeTag: hexOf(2, 16),
        slotFrom: 3,
        slotTo: 4,
        permit: true,
        recordLogSize: 6n,
        releaseUntilHeight: 7n,
        releaseUntilTime: 8n,
      },
    ]);
  });

  it('reads whose current key is whose: enrolled, registered, replaced, and nothing that was refused', () => {
    const [old, next] = [generateSigningKey(random), generateSigningKey(random)].map(({publicKey}) => ({
      alg: 1,
      publicKey,
    })) as [{alg: number; publicKey: Uint8Array}, {alg: number; publicKey: Uint8Array}];
    const [id, nextId] = [toHex(keyId(old)), toHex(keyId(next))];
    const encryptionKey = new Uint8Array(32).fill(9);
    const succession = {succession: Uint8Array.of(1), signature: {...old, signature: new Uint8Array(64)}};
    const messages: TxMessage[] = [
      {case: 'enrolPatient', value: {signingKey: old, encryptionKey, recoveryKey: next}},
      {
        case: 'registerMember',
        value: {
          organisation: new Uint8Array(20),
          signingKey: old,
          encryptionKey,
          role: 1,
          profileHash: new Uint8Array(32),
        },
      },
      {case: 'publishKeys', value: {identity: keyId(old), newSigningKey: next, succession}},
      {case: 'publishKeys', value: {identity: keyId(old), newSigningKey: next}},
      {case: 'publishKeys', value: {identity: keyId(old), encryptionKey}},
    ];
    const bytes = messages.map((message) => tx(message).bytes);
    const results = (code: number) => bytes.map(() => ({code, data: new Uint8Array()}));
    const whose = factsOf(bytes, results(0)).readers.map(({keyId: key, identity, kind}) => [key, identity, kind]);
    expect(whose).toEqual([
      [id, id, 'patient'],
      [id, id, 'member'],
      [nextId, id, 'patient'],
      [nextId, id, 'member'],
    ]);
    expect(factsOf(bytes, results(22)).readers).toEqual([]);
  });

  it('a refusal is a decision too; a transaction that failed is none', () => {
    expect(
      factsOf([request.bytes], [{code: 0, data: encodeCanonical(DecisionSchema, {permit: false, index: 5n})}]).requests,
    ).toMatchObject([{permit: false}]);
    expect(factsOf([request.bytes], [{code: 22, data: new Uint8Array()}]).requests).toEqual([]);
  });

  it('reads results of anchors in their places', () => {
    const data = encodeCanonical(AnchorResultsSchema, {results: [{code: 0, index: 9n}, {code: 128}]});
    const facts = factsOf(
      [request.bytes, anchor.bytes, anchor.bytes],
      [
        {code: 22, data: new Uint8Array()},
        {code: 0, data},
        {code: 23, data: new Uint8Array()},
      ],
    );
    expect(facts.anchors).toMatchObject([
      {
        txId: anchor.id,
        signerKeyId: toHex(keyId({alg: 1, publicKey: pair.publicKey})),
        code: 0,
        results: [
          {code: 0, index: 9n},
          {code: 128, index: 0n},
        ],
      },
      {txId: anchor.id, code: 23, results: []},
    ]);
  });

  it('reads every number that the ledger took, whoever anchored it, and none that it refused', () => {
    const {patient, device: watch} = PEOPLE;
    const people = {patient, device: watch, custodian: testOrganisation('clinic')};
    const entries = [recordEntry(people, {sequence: 4n}), skipEntry(people, {sequence: 3n}), recordEntry(people)];
    const data = encodeCanonical(AnchorResultsSchema, {results: [{code: 0}, {code: 0, index: 1n}, {code: 123}]});
    const {bytes} = tx(anchorRecords(entries));
    const number = {patient: toHex(patient.id), device: toHex(watch.id), registration: 1};
    expect(factsOf([bytes], [{code: 0, data}]).taken).toEqual([
      {...number, sequence: 4n},
      {...number, sequence: 3n},
    ]);
    expect(factsOf([bytes], [{code: CODE.quota, data: new Uint8Array()}]).taken).toEqual([]);
  });

  it('learns which registrations were removed', () => {
    const value = {owner: new Uint8Array(20), device: new Uint8Array(20).fill(2), registration: 7, distrustFromSlot: 1};
    const {bytes} = tx({case: 'removeDevice', value});
    expect(factsOf([bytes], [{code: 0, data: new Uint8Array()}]).removals).toEqual([
      {device: hexOf(2), registration: 7},
    ]);
    expect(factsOf([bytes], [{code: CODE.deviceRemoved, data: new Uint8Array()}]).removals).toEqual([]);
  });

  it('learns the public keys of devices that were registered', () => {
    const data = new Uint8Array();
    expect(factsOf([registration.bytes], [{code: 0, data}]).devices).toEqual([
      {device: toHex(keyId({alg: 1, publicKey: device.publicKey})), publicKey: device.publicKey},
    ]);
    expect(factsOf([registration.bytes], [{code: 81, data}]).devices).toEqual([]);
  });

  it('passes bytes that are no transaction, but stands still at a result that cannot be read', () => {
    expect(factsOf([Uint8Array.of(1)], [{code: 2, data: new Uint8Array()}])).toEqual({
      requests: [],
      taken: [],
      removals: [],
      anchors: [],
      devices: [],
      readers: [],
    });
    expect(() => factsOf([request.bytes], [{code: 0, data: Uint8Array.of(255)}])).toThrow();
  });

  it('stops at what the ledger read and this program cannot, and leaves out what neither could', () => {
    const body = encodeBody({version: 1, chainId: 'c', expiresAtHeight: 1n, expiresAtTime: 1n, nonce: 1n, ...asked});
    // Of a version that has a field more: number 99, the value 1.
    const newer = signTx(Uint8Array.from([...body, 0x98, 0x06, 0x01]), [pair.privateKey]);
    const data = new Uint8Array(0);
    for (const code of [CODE.ok, CODE.nonceUsed, CODE.notAuthorised, CODE.quota])
      expect(() => factsOf([newer], [{code, data}])).toThrow(NotCanonicalError);
    for (const code of [CODE.undecodable, CODE.tooLarge]) expect(factsOf([newer], [{code, data}]).requests).toEqual([]);
  });

  it('stops at a device whose key is of a kind that it does not know', () => {
    const newer = tx({
      case: 'registerDevice',
      value: {
        owner: new Uint8Array(20),
        deviceKey: {alg: 2, publicKey: device.publicKey},
        typeTags: [],
        deviceClass: 1,
        fromSlot: 0,
      },
    });
    const data = new Uint8Array();
    expect(() => factsOf([newer.bytes], [{code: 0, data}])).toThrow('a key of algorithm 2 is not known');
    expect(factsOf([newer.bytes], [{code: CODE.keyTaken, data}]).devices).toEqual([]);
  });

  it('stops at a block that lacks a result, and at a transaction that was executed and nobody signed', () => {
    expect(() => factsOf([request.bytes], [])).toThrow('fewer results');
    expect(() => factsOf([new Uint8Array(0)], [{code: CODE.ok, data: new Uint8Array(0)}])).toThrow('nobody signed');
    expect(factsOf([new Uint8Array(0)], [{code: CODE.wrongSigners, data: new Uint8Array(0)}]).requests).toEqual([]);
  });
});
