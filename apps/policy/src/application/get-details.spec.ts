import {describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {PEOPLE} from '@vitalvault/ledger-state/testing';
import {accessLog} from '../../test/support/access-log.js';
import {MemoryDocumentStore} from '../../test/support/memory-document-store.js';
import {GetDetails} from './get-details.js';

const {patient, clinician, stranger} = PEOPLE;
const sealed = Uint8Array.of(7);

describe('GetDetails', () => {
  it.each([
    ['given', 'access', patient],
    ['not-yours', 'access', clinician],
    ['not-yours', 'access', stranger],
    ['tx-not-found', 'unknown', patient],
    ['tx-not-found', 'keys', patient],
  ] as const)(
    "the reader's words are for the patient alone: %s for the transaction %s",
    async (expected, tx, caller) => {
      const {txs, projection} = await accessLog(sealed);
      const documents = new MemoryDocumentStore();
      for (const id of Object.values(txs)) await documents.putDetails(id, sealed);
      const asked = new GetDetails({projection, documents}).execute(txs[tx], toHex(caller.id));
      if (expected === 'given') expect(await asked).toBe(sealed);
      else await expect(asked).rejects.toMatchObject({code: expected});
    },
  );

  it('says that there are none', async () => {
    const {txs, projection} = await accessLog(sealed);
    const asked = new GetDetails({projection, documents: new MemoryDocumentStore()});
    await expect(asked.execute(txs.access, toHex(patient.id))).rejects.toMatchObject({code: 'not-found'});
  });
});
