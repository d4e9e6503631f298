import {describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {PEOPLE} from '@vitalvault/ledger-state/testing';
import {MEMBERS, granted, placeOf} from '../../test/support/granted.js';
import {MemoryDocumentStore} from '../../test/support/memory-document-store.js';
import {GetWraps} from './get-wraps.js';

const {patient, clinician, stranger} = PEOPLE;
const value = Uint8Array.of(1);

describe('GetWraps', () => {
  it.each([
    ['the patient', patient, 'toHer', 'given'],
    ['the grantee', clinician, 'toHer', 'given'],
    ["a member of the grantee's organisation", MEMBERS.colleague, 'toHospital', 'given'],
    ['a colleague of the grantee', MEMBERS.colleague, 'toHer', 'not-yours'],
    ['a member of another organisation', MEMBERS.elsewhere, 'toHospital', 'not-yours'],
    ['a stranger', stranger, 'toHer', 'not-yours'],
    ['a grantee who is suspended', MEMBERS.suspended, 'toSuspended', 'not-yours'],
    ["a suspended member of the grantee's organisation", MEMBERS.suspended, 'toHospital', 'not-yours'],
    ['the grantee of a revoked grant', clinician, 'revoked', 'not-found'],
    ['the patient, of a revoked grant', patient, 'revoked', 'not-found'],
    ['a member, under an id without a grant', clinician, 'none', 'not-yours'],
  ] as const)('asked by %s: %#', async (_who, caller, grant, expected) => {
    const documents = new MemoryDocumentStore();
    const get = new GetWraps({projection: await granted(), documents});
    await documents.putWraps({...placeOf(grant), version: 1, value});
    const asked = get.execute(placeOf(grant), toHex(caller.id));
    if (expected === 'given') expect(await asked).toBe(value);
    else await expect(asked).rejects.toMatchObject({code: expected});
  });

  it('says that there are none', async () => {
    const get = new GetWraps({projection: await granted(), documents: new MemoryDocumentStore()});
    await expect(get.execute(placeOf('toHer'), toHex(clinician.id))).rejects.toMatchObject({code: 'not-found'});
  });
});
