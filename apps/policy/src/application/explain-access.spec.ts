import {describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {PEOPLE, accessRequest} from '@vitalvault/ledger-state/testing';
import type {StoredLeaf} from './ports.js';
import {appendLeaf, projected} from '../../test/support/projected.js';
import {ExplainAccess} from './explain-access.js';

const {patient, clinician, stranger} = PEOPLE;
const decisionOf = (permit: boolean) => ({
  permit,
  index: 0n,
  recordLogSize: 0n,
  grantVersion: 0,
  releaseUntilHeight: 0n,
  releaseUntilTime: 0n,
});

/** Of a log with one access that the ledger decided so, and our projection with `verdict`. */
async function explained(permit: boolean, verdict?: StoredLeaf['verdict']) {
  const request = accessRequest(patient.id);
  const value = {reader: clinician.id, organisation: new Uint8Array(20), request, decision: decisionOf(permit)};
  const projection = await projected(async (writer) => {
    const keys = {signingKeyId: patient.id, recoveryKeyId: patient.id};
    await appendLeaf(writer, {patient: patient.id, n: 1, event: {case: 'access', value}}, verdict);
    await appendLeaf(writer, {patient: patient.id, n: 2, event: {case: 'keys', value: keys as never}});
  });
  return (who = patient, index = 0n) => new ExplainAccess({projection}).execute(toHex(who.id), index);
}

describe('ExplainAccess', () => {
  it.each([
    [true, {rule: 0, byGrant: true}, 0, 'The grant covers the request.'],
    [true, {rule: 0, byGrant: false}, 0, 'You read your own data.'],
    [false, {rule: 4, byGrant: false}, 4, 'You had revoked the grant.'],
    // We came to another verdict than the ledger, or to none: what the ledger decided is said, and no reason made up.
    [true, undefined, 0, 'This service cannot work out the reason.'],
    [false, undefined, 0, 'This service cannot work out the reason.'],
  ])('permit %s, verdict %j', async (permit, verdict, rule, reason) => {
    expect(await (await explained(permit, verdict))()).toEqual({index: 0n, permit, rule, reason});
  });

  it.each([
    ['of another patient', stranger, 0n],
    ['that is none of an access', patient, 1n],
    ['that is not there', patient, 2n],
  ])('explains no leaf %s', async (_what, who, index) => {
    await expect((await explained(true, {rule: 0, byGrant: true}))(who, index)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
