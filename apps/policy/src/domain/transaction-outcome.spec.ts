import {CODE} from '@vitalvault/contracts';
import {isFinal, supersedes} from './transaction-outcome.js';

describe('the result of a transaction', () => {
  it('is that of its first inclusion', () => {
    expect(supersedes({code: CODE.ok}, undefined)).toBe(true);
    expect(supersedes({code: CODE.nonceUsed}, undefined)).toBe(true);
  });

  it('stays when the same bytes are included again', () => {
    for (const code of [CODE.ok, CODE.quota, CODE.grantVersion, CODE.deviceTaken]) {
      expect(supersedes({code: CODE.nonceUsed}, {code})).toBe(false);
      expect(supersedes({code: CODE.ok}, {code})).toBe(false);
    }
  });

  it('is that of a later inclusion when the first did not use the nonce', () => {
    expect(supersedes({code: CODE.ok}, {code: CODE.unknownKey})).toBe(true);
    expect(supersedes({code: CODE.expired}, {code: CODE.nonceTooFar})).toBe(true);
  });

  it('a replay of one that was refused before the nonce by another with that nonce changes nothing', () => {
    expect(supersedes({code: CODE.nonceUsed}, {code: CODE.notAuthorised})).toBe(false);
  });

  it('is final once the nonce is used', () => {
    expect([CODE.ok, CODE.quota, CODE.nonceUsed, CODE.keyTaken].map((code) => isFinal({code}))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([CODE.expired, CODE.unknownKey, CODE.notAuthorised].map((code) => isFinal({code}))).toEqual([
      false,
      false,
      false,
    ]);
  });
});
