import {sha256Of} from '@vitalvault/contracts';
import {PEOPLE, accessRequest} from '@vitalvault/ledger-state/testing';
import type {MemoryProjectionStore} from './memory-projection-store.js';
import {appendLeaf, projected} from './projected.js';

const {patient, clinician} = PEOPLE;
const refused = {
  permit: false,
  index: 0n,
  recordLogSize: 0n,
  grantVersion: 0,
  releaseUntilHeight: 0n,
  releaseUntilTime: 0n,
};

/** Transaction ids: the clinician's request, a change of the patient's keys, and one that nobody knows. */
type Transactions = Record<'access' | 'keys' | 'unknown', string>;

/** A patient's log with a request that commits to these details, and a change of her keys. */
export async function accessLog(details: Uint8Array): Promise<{txs: Transactions; projection: MemoryProjectionStore}> {
  const txs = {access: '', keys: '', unknown: 'ee'.repeat(32)};
  const request = accessRequest(patient.id, {detailsHash: sha256Of(details)});
  const value = {reader: clinician.id, organisation: new Uint8Array(20), request, decision: refused};
  const projection = await projected(async (writer) => {
    txs.access = await appendLeaf(writer, {patient: patient.id, n: 1, event: {case: 'access', value}});
    const keys = {signingKeyId: patient.id};
    txs.keys = await appendLeaf(writer, {patient: patient.id, n: 2, event: {case: 'keys', value: keys}});
  });
  return {txs, projection};
}
