import {describe, expect, it} from '@jest/globals';
import {sha256Of, toHex} from '@vitalvault/contracts';
import {PEOPLE, accessRequest} from '@vitalvault/ledger-state/testing';
import {MemoryDocumentStore} from '../testing/memory-document-store.js';
import {appendLeaf, projected} from '../testing/projected.js';
import {KeepDetails} from './keep-details.js';

const {patient, clinician, stranger} = PEOPLE;
const [longest, tooLong] = [new Uint8Array(16_384).fill(1), new Uint8Array(16_385).fill(1)];

/** A request that commits to `sealed`, and keys that changed. */
async function harness(sealed: Uint8Array) {
  const txs = {access: '', keys: '', unknown: 'ee'.repeat(32)};
  const projection = await projected(async (writer) => {
    const value = {
      reader: clinician.id,
      organisation: new Uint8Array(20),
      request: accessRequest(patient.id, {detailsHash: sha256Of(sealed)}),
      decision: {
        permit: false,
        index: 0n,
        recordLogSize: 0n,
        grantVersion: 0,
        releaseUntilHeight: 0n,
        releaseUntilTime: 0n,
      },
    };
    txs.access = await appendLeaf(writer, {patient: patient.id, n: 1, event: {case: 'access', value}});
    const keys = {case: 'keys' as const, value: {signingKeyId: patient.id, recoveryKeyId: patient.id} as never};
    txs.keys = await appendLeaf(writer, {patient: patient.id, n: 2, event: keys});
  });
  const documents = new MemoryDocumentStore();
  return {txs, documents, keep: new KeepDetails({projection, documents})};
}

describe('KeepDetails', () => {
  it("keeps the reader's words of the request that committed to them, for its patient", async () => {
    const {txs, keep} = await harness(longest);
    await keep.deposit(txs.access, toHex(clinician.id), longest);
    expect(await keep.fetch(txs.access, toHex(patient.id))).toBe(longest);
  });

  it.each([
    ['body-too-large', 'access', clinician, tooLong, tooLong],
    ['tx-not-found', 'unknown', clinician, longest, longest],
    ['tx-not-found', 'keys', patient, longest, longest],
    ['not-yours', 'access', patient, longest, longest],
    ['not-yours', 'access', stranger, longest, longest],
    ['invalid-field', 'access', clinician, longest, longest.subarray(1)],
    ['invalid-field', 'access', clinician, longest, new Uint8Array()],
  ] as const)(
    'refuses with %s for the transaction %s, and keeps nothing',
    async (code, tx, caller, committed, sent) => {
      const {txs, documents, keep} = await harness(committed);
      await expect(keep.deposit(txs[tx], toHex(caller.id), sent)).rejects.toMatchObject({code});
      expect(documents.size).toBe(0);
    },
  );

  it.each([
    ['not-yours', 'access', clinician],
    ['not-yours', 'access', stranger],
    ['tx-not-found', 'unknown', patient],
    ['tx-not-found', 'keys', patient],
  ] as const)('gives them to nobody else: %s for the transaction %s', async (code, tx, caller) => {
    const {txs, keep} = await harness(longest);
    await keep.deposit(txs.access, toHex(clinician.id), longest);
    await expect(keep.fetch(txs[tx], toHex(caller.id))).rejects.toMatchObject({code});
  });

  it('says that there are none', async () => {
    const {txs, keep} = await harness(longest);
    await expect(keep.fetch(txs.access, toHex(patient.id))).rejects.toMatchObject({code: 'not-found'});
  });
});
