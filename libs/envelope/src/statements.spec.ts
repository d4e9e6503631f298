import {describe, expect, it} from '@jest/globals';
import {build, encodeCanonical, keyId, taggedHash} from '@vitalvault/contracts';
import {incomplete} from '@vitalvault/contracts/testing';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {MemberProfileSchema, WrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {AcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {
  DeviceConfigSchema,
  EpochStatementSchema,
  SignedEpochStatementSchema,
  SkipSchema,
} from '@vitalvault/contracts/gen/record/v1/record';
import {decodeCanonical} from '@vitalvault/contracts';
import {generateSigningKey, publicKeyOf, signDigest, signingKeyOf, verifyDigest} from './signing.js';
import {
  openAccepted,
  openDeviceConfig,
  openEpochStatement,
  openMemberProfile,
  openSkip,
  openWrapBundle,
  profileHash,
  signAccepted,
  signDeviceConfig,
  signEpochStatement,
  signMemberProfile,
  signSkip,
  signWrapBundle,
} from './statement-kinds.js';
import {signBytes} from './statements.js';
import {seededRandom} from '../testing/seeded-random.js';
import {assembleTx, encodeBody, signBody, signTx} from './tx.js';

const random = seededRandom('statements');
const alice = generateSigningKey(random);
const mallory = generateSigningKey(random);
const aliceKey = signingKeyOf(alice.privateKey);
const code = (value: string) => expect.objectContaining({code: value});
const epoch = {
  chainId: 'vv-test',
  patient: random(20),
  typeTag: random(16),
  epoch: 1,
  publicKey: random(32),
  fromSlot: 5,
};

const skip = incomplete(SkipSchema, {sequence: 4n});

describe('signatures', () => {
  it('are 64 bytes, low-S, the same for the same digest, and true for one digest and one key', () => {
    const digest = random(32);
    const signature = signDigest(alice.privateKey, digest);
    expect(signature).toHaveLength(64);
    expect(signDigest(alice.privateKey, digest)).toEqual(signature);
    expect(verifyDigest(alice.publicKey, digest, signature)).toBe(true);
    expect(verifyDigest(mallory.publicKey, digest, signature)).toBe(false);
    expect(verifyDigest(alice.publicKey, random(32), signature)).toBe(false);
  });

  it('with a high s, of another length, or under an uncompressed key are false, not errors', () => {
    const digest = random(32);
    const signature = signDigest(alice.privateKey, digest);
    const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = BigInt(`0x${Buffer.from(signature.subarray(32)).toString('hex')}`);
    const high = Uint8Array.from([
      ...signature.subarray(0, 32),
      ...Buffer.from((n - s).toString(16).padStart(64, '0'), 'hex'),
    ]);
    expect(verifyDigest(alice.publicKey, digest, high)).toBe(false);
    expect(verifyDigest(alice.publicKey, digest, new Uint8Array(64))).toBe(false);
    expect(verifyDigest(alice.publicKey, digest, Uint8Array.from([...signature, 1]))).toBe(false);
    expect(verifyDigest(alice.publicKey, digest.subarray(1), signature)).toBe(false);
    expect(verifyDigest(new Uint8Array(33), digest, signature)).toBe(false);
    expect(verifyDigest(Uint8Array.of(4, ...alice.publicKey.subarray(1)), digest, signature)).toBe(false);
  });

  it('need a real private key', () => {
    expect(() => publicKeyOf(new Uint8Array(32))).toThrow(code('bad-key'));
    expect(() => signDigest(new Uint8Array(31), random(32))).toThrow(code('bad-key'));
    expect(() => signDigest(alice.privateKey, new Uint8Array(31))).toThrow(code('bad-signature'));
  });
});

describe('statements', () => {
  it('are read back when the expected key signed them', () => {
    expect(openEpochStatement(signEpochStatement(epoch, alice.privateKey), aliceKey).fromSlot).toBe(5);
    const config = incomplete(DeviceConfigSchema, {version: 3});
    expect(openDeviceConfig(signDeviceConfig(config, alice.privateKey), aliceKey).version).toBe(3);
    const accepted = incomplete(AcceptedSchema, {sequence: 9n});
    expect(openAccepted(signAccepted(accepted, alice.privateKey), aliceKey).sequence).toBe(9n);
    const wraps = incomplete(WrapBundleSchema, {version: 2});
    expect(openWrapBundle(signWrapBundle(wraps, alice.privateKey), aliceKey).version).toBe(2);
    const profile = signMemberProfile(incomplete(MemberProfileSchema, {name: 'Dr. Ada'}), alice.privateKey);
    expect(openMemberProfile(profile, aliceKey).name).toBe('Dr. Ada');
    expect(profileHash(profile.profile)).toEqual(taggedHash('member-profile', profile.profile));
    expect(openSkip(signSkip(skip, alice.privateKey), alice.publicKey).sequence).toBe(4n);
  });

  it('by another key, unsigned, or changed are refused', () => {
    const signed = signEpochStatement(epoch, mallory.privateKey);
    expect(() => openEpochStatement(signed, aliceKey)).toThrow(code('bad-signature'));
    expect(() =>
      openEpochStatement(incomplete(SignedEpochStatementSchema, {statement: signed.statement}), aliceKey),
    ).toThrow(code('bad-signature'));
    const own = signEpochStatement(epoch, alice.privateKey);
    const moved = encodeCanonical(EpochStatementSchema, {...epoch, fromSlot: 6});
    expect(() => openEpochStatement(build(SignedEpochStatementSchema, {...own, statement: moved}), aliceKey)).toThrow(
      code('bad-signature'),
    );
    // Mallory's signature under Alice's name.
    const named = build(SignedEpochStatementSchema, {
      statement: signed.statement,
      signature: {alg: 1, publicKey: alice.publicKey, signature: signed.signature?.signature ?? new Uint8Array()},
    });
    expect(() => openEpochStatement(named, aliceKey)).toThrow(code('bad-signature'));
    expect(() => openSkip(signSkip(skip, mallory.privateKey), alice.publicKey)).toThrow(code('bad-signature'));
  });

  it('of one kind are none of another kind, even with the same bytes', () => {
    const own = signEpochStatement(epoch, alice.privateKey);
    const asConfig = build(SignedEpochStatementSchema, {
      statement: own.statement,
      signature: signBytes('device-config', own.statement, alice.privateKey),
    });
    expect(() => openEpochStatement(asConfig, aliceKey)).toThrow(code('bad-signature'));
  });

  it('that are signed but not canonical are refused', () => {
    const bytes = Uint8Array.from([...encodeCanonical(EpochStatementSchema, epoch), 0x7a, 0x00]);
    const signed = build(SignedEpochStatementSchema, {
      statement: bytes,
      signature: signBytes('epoch-statement', bytes, alice.privateKey),
    });
    expect(() => openEpochStatement(signed, aliceKey)).toThrow(code('not-canonical'));
  });
});

describe('transactions', () => {
  const body = encodeBody({
    version: 1,
    chainId: 'vv-test',
    nonce: 1n,
    expiresAtHeight: 9n,
    expiresAtTime: 9n,
    message: {case: 'suspendMember', value: {organisation: random(20), member: random(20)}},
  });

  it('are signed over their id, in the order of the keys', () => {
    const tx = decodeCanonical(TxSchema, signTx(body, [alice.privateKey, mallory.privateKey]));
    expect(tx.body).toEqual(body);
    expect(tx.signatures.map(({publicKey}) => publicKey)).toEqual([alice.publicKey, mallory.publicKey]);
    const [first, second] = [alice, mallory].map(({publicKey}) => keyId({alg: 1, publicKey}));
    const id = taggedHash('tx', body, first as Uint8Array, second as Uint8Array);
    for (const {publicKey, signature} of tx.signatures) expect(verifyDigest(publicKey, id, signature)).toBe(true);
  });

  it('are the same bytes when the signers are apart', () => {
    const signers = [alice, mallory].map(({publicKey}) => ({alg: 1, publicKey}));
    const signed = [alice, mallory].map(({privateKey}) => signBody(body, privateKey, signers));
    expect(assembleTx(body, signed)).toEqual(signTx(body, [alice.privateKey, mallory.privateKey]));
  });
});
