import {CODE} from '@vitalvault/contracts';
import {isWithoutRoom, retryAfterMs, settleAnchor} from './settle-anchor.js';
import {UnknownKind} from './unknown-kind.js';

describe('settleAnchor', () => {
  it('settles by place', () => {
    const results = [
      {code: 0, index: 4n},
      {code: CODE.entryWindow, index: 0n},
      {code: CODE.entryEpoch, index: 0n},
    ];
    expect(settleAnchor(['a', 'b', 'c'], 0, results)).toEqual({
      kind: 'settled',
      entries: [
        {entryId: 'a', fate: 'anchored', logIndex: 4n},
        {entryId: 'b', fate: 'later', code: CODE.entryWindow},
        {entryId: 'c', fate: 'refused', code: CODE.entryEpoch},
      ],
    });
  });

  it.each([
    ['of an entry', 0, 199],
    ['of the transaction', 99, 0],
  ])('stops at a code %s that it does not know: the refusal may not be for good', (_where, code, entry) => {
    expect(() => settleAnchor(['a'], code, [{code: entry, index: 0n}])).toThrow(UnknownKind);
  });

  it.each(['entryWindow', 'entryFutureSlot', 'entryQuota'] as const)('%s is tried again', (name) => {
    expect(settleAnchor(['a'], 0, [{code: CODE[name], index: 0n}])).toMatchObject({entries: [{fate: 'later'}]});
  });

  it.each([
    'unknownDevice',
    'deviceRemoved',
    'entrySignature',
    'entryDuplicate',
    'entryTag',
    'entryEpoch',
    'entryReleaseKey',
    'entrySlot',
    'entryForgotten',
    'wrongChain',
  ] as const)('%s is final', (name) => {
    expect(settleAnchor(['a'], 0, [{code: CODE[name], index: 0n}])).toMatchObject({
      entries: [{fate: 'refused', code: CODE[name]}],
    });
  });

  it('an inclusion after the nonce was used says nothing', () => {
    expect(settleAnchor(['a'], CODE.nonceUsed, [])).toEqual({kind: 'ignored'});
  });

  it.each([CODE.expired, CODE.notAuthorised, CODE.unknownKey, CODE.internal])(
    'code %d as a whole settles nothing',
    (code) => {
      expect(settleAnchor(['a'], code, [])).toEqual({kind: 'failed', code});
    },
  );

  it('results that do not match the entries settle nothing', () => {
    expect(settleAnchor(['a', 'b'], 0, [{code: 0, index: 0n}])).toEqual({kind: 'failed', code: 0});
  });

  it('tells when whatever is sent next meets the same', () => {
    const later = (code: number) => ({entryId: 'a', fate: 'later', code}) as const;
    expect(isWithoutRoom(CODE.ok, [later(CODE.stateFull)])).toBe(true);
    expect(isWithoutRoom(CODE.quota, [])).toBe(true);
    expect(isWithoutRoom(CODE.ok, [later(CODE.entryWindow), later(CODE.entryQuota)])).toBe(false);
  });

  it('waits longer each time, within bounds', () => {
    expect([1, 2, 3, 50].map(retryAfterMs)).toEqual([1_000, 2_000, 4_000, 600_000]);
  });
});
