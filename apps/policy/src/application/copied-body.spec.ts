import {decodeCanonical, slotOf, toHex} from '@vitalvault/contracts';
import {DecisionSchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  enrolPatient,
  PEOPLE,
  putGrant,
  registerMember,
  requestAccess,
  signedBody,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {FakeChain} from '../../test/support/fake-chain.js';
import {MemoryProjectionStore} from '../../test/support/memory-projection-store.js';
import {MemoryTraces} from '../../test/support/memory-traces.js';
import {decodeTransaction} from '../domain/decode-transaction.js';
import {AccessLeaves} from './access-leaves.js';
import {ProjectBlocks} from './project-blocks.js';
import {projectGenesis} from './project-genesis.js';
import {TransactionOutcomes} from './transaction-outcomes.js';

const START = 1_704_067_200n;
const SLOT = slotOf(START);
const hospital = testOrganisation('hospital');
const {patient, recovery, clinician} = PEOPLE;
const colleague = testKey('colleague');

/** A request that the clinician may make, and its body signed by a colleague who may not, in one block. */
async function copiedRequest() {
  const chain = new FakeChain(START);
  for (const member of [clinician, colleague]) chain.run(registerMember(hospital, member), [hospital.sponsor, member]);
  chain.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]);
  const period = {accessFromSlot: SLOT, accessToSlot: SLOT + 10, dataFromSlot: SLOT - 100, dataToSlot: SLOT};
  chain.run(putGrant(patient.id, clinician.id, period), [patient]);
  const request = requestAccess(patient.id, {slotFrom: SLOT - 2, slotTo: SLOT - 1});
  const asked = chain.ledger.tx(request, [clinician]);
  const copy = signedBody(decodeCanonical(TxSchema, asked).body, [colleague]);
  chain.commit([copy, asked]);
  const store = new MemoryProjectionStore();
  const outcomes = new TransactionOutcomes(store);
  const leaves = new AccessLeaves({logs: chain, projection: store});
  const projectBlocks = new ProjectBlocks({store, leaves, traces: new MemoryTraces(), outcomes});
  await projectGenesis(chain.genesis, store);
  for (const block of chain.blocks) await projectBlocks.execute(block);
  return {chain, store, ids: [copy, asked].map((tx) => decodeTransaction(tx).txId)};
}

it('a request and its copy by somebody else have an outcome each', async () => {
  const {store, ids} = await copiedRequest();
  const outcomes = await Promise.all(ids.map((id) => store.transaction(id)));
  expect(outcomes.map((outcome) => decodeCanonical(DecisionSchema, outcome?.data ?? Uint8Array.of(9)).permit)).toEqual([
    false,
    true,
  ]);
});

it('both leaves are projected, each under its own transaction', async () => {
  const {chain, store, ids} = await copiedRequest();
  expect((await store.position())?.height).toBe(chain.ledger.block.height);
  expect(store.rows.leaves.slice(-2).map(({txId}) => txId)).toEqual(ids);
  expect(await store.accessLogSize(toHex(patient.id))).toBe(BigInt(chain.ledger.accessLog(patient.id).length));
});
