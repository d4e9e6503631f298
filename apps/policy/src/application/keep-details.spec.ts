import {describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {PEOPLE} from '@vitalvault/ledger-state/testing';
import {accessLog} from '../../test/support/access-log.js';
import {MemoryDocumentStore} from '../../test/support/memory-document-store.js';
import {KeepDetails} from './keep-details.js';

const {patient, clinician, stranger} = PEOPLE;
const [longest, tooLong] = [new Uint8Array(16_384).fill(1), new Uint8Array(16_385).fill(1)];

async function harness(committed: Uint8Array) {
  const {txs, projection} = await accessLog(committed);
  const documents = new MemoryDocumentStore();
  return {txs, documents, keep: new KeepDetails({projection, documents})};
}

describe('KeepDetails', () => {
  it("keeps the reader's words of the request that committed to them", async () => {
    const {txs, documents, keep} = await harness(longest);
    await keep.execute(txs.access, toHex(clinician.id), longest);
    expect(await documents.details(txs.access)).toBe(longest);
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
      await expect(keep.execute(txs[tx], toHex(caller.id), sent)).rejects.toMatchObject({code});
      expect(documents.size).toBe(0);
    },
  );
});
