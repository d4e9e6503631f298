import {describe, expect, it} from '@jest/globals';
import {encodeCanonical} from './canonical.js';
import {build} from './complete.js';
import {
  BodySchema,
  EnrolPatientSchema,
  PublishKeysSchema,
  SuspendMemberSchema,
} from './gen/vitalvault/ledger/v1/tx_pb.js';
import {MemberSchema} from './gen/vitalvault/ledger/v1/state_pb.js';
import {toHex} from './hex.js';

const bytes = Uint8Array.of(7);
const key = {alg: 1, publicKey: bytes};
const body = {version: 1, chainId: 'c', expiresAtHeight: 1n, expiresAtTime: 1n, nonce: 1n};

// Each `@ts-expect-error` is the test: the type checker fails where nothing is wrong any more.
describe('a message that is sent', () => {
  it('has all of its fields', () => {
    // @ts-expect-error who is suspended
    expect(build(SuspendMemberSchema, {organisation: bytes}).member).toHaveLength(0);
    expect(build(SuspendMemberSchema, {organisation: bytes, member: bytes}).member).toEqual(bytes);
  });

  it('has them in every message inside it, and in the one that it carries', () => {
    // @ts-expect-error the recovery key has no algorithm
    build(EnrolPatientSchema, {signingKey: key, encryptionKey: bytes, recoveryKey: {publicKey: bytes}});
    // @ts-expect-error who is suspended
    encodeCanonical(BodySchema, {...body, message: {case: 'suspendMember', value: {organisation: bytes}}});
    // @ts-expect-error it says nothing
    encodeCanonical(BodySchema, {...body, message: {case: undefined}});
    // @ts-expect-error it has no field of that name
    build(SuspendMemberSchema, {organisation: bytes, member: bytes, members: 1});
    const whole = {case: 'suspendMember', value: {organisation: bytes, member: bytes}} as const;
    expect(toHex(encodeCanonical(BodySchema, {...body, message: whole})).startsWith('08011201')).toBe(true);
  });

  it('leaves out what means something by its absence, and may be one that was read', () => {
    const keys = build(PublishKeysSchema, {identity: bytes});
    expect(encodeCanonical(PublishKeysSchema, keys)).toEqual(encodeCanonical(PublishKeysSchema, {identity: bytes}));
    // @ts-expect-error whose keys
    build(PublishKeysSchema, {encryptionKey: bytes});
  });

  it('is not what the ledger keeps for itself: those have defaults', () => {
    expect(build(MemberSchema, {role: 1}).suspended).toBe(false);
  });
});
