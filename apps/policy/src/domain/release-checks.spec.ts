import {build} from '@vitalvault/contracts';
import {accessRequest} from '@vitalvault/ledger-state/testing';
import {describe, expect, it} from '@jest/globals';
import {create} from '@bufbuild/protobuf';
import {AccessLeafSchema, MemberSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {checkDistinct, checkStanding, checkWindow, isRefusal, permitOf} from './release-checks.js';
import type {ProvenPermit} from './release-checks.js';

const id = (byte: number): Uint8Array => new Uint8Array(20).fill(byte);
const permit: ProvenPermit = {
  reader: id(1),
  organisation: id(2),
  request: accessRequest(id(3)),
  decidedAt: 1n,
  decision: build(DecisionSchema, {permit: true, index: 0n, releaseUntilHeight: 100n, releaseUntilTime: 5_000n}),
};

describe('a permit', () => {
  it.each([
    [100n, 5_000n, undefined],
    [101n, 5_000n, 'permit-ended'],
    [100n, 5_001n, 'permit-ended'],
  ])('at height %d and time %d: %s', (height, timeSeconds, code) => {
    expect(checkWindow(permit, {height, timeSeconds})?.code).toBe(code);
  });

  it('stands with its reader', () => {
    const member = (change = {}) => create(MemberSchema, {organisation: id(2), ...change});
    expect(checkStanding(permit, member())).toBeUndefined();
    expect(
      [undefined, member({suspended: true}), member({organisation: id(9)})].map(
        (one) => checkStanding(permit, one)?.code,
      ),
    ).toEqual(['permit-ended', 'permit-ended', 'permit-ended']);
    expect(checkStanding({...permit, reader: id(3)}, undefined)).toBeUndefined();
  });

  it('is none in a leaf of another transaction, of another event, or in a refusal', () => {
    const txId = new Uint8Array(32).fill(7);
    const access = (decision: object) =>
      create(AccessLeafSchema, {
        txId,
        event: {case: 'access', value: {reader: id(1), request: {patient: id(3)}, decision}},
      });
    expect(isRefusal(permitOf(access({permit: true}), txId))).toBe(false);
    expect(permitOf(access({permit: false}), txId)).toMatchObject({code: 'access-refused'});
    expect(permitOf(access({permit: true}), new Uint8Array(32))).toMatchObject({code: 'release-mismatch'});
    expect(permitOf(create(AccessLeafSchema, {txId, event: {case: 'enrolled', value: {}}}), txId)).toMatchObject({
      code: 'release-mismatch',
    });
  });

  it('names each record once', () => {
    expect(checkDistinct([id(1), id(2)])).toBeUndefined();
    expect(checkDistinct([id(1), id(2), id(1)])?.code).toBe('release-mismatch');
  });
});
