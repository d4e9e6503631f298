import {LIMITS, slotOf, toHex} from '@vitalvault/contracts';
import {
  enrolPatient,
  PEOPLE,
  putGrant,
  registerMember,
  requestAccess,
  tag,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {FakeChain} from '../../test/support/fake-chain.js';
import {MemoryProjectionStore} from '../../test/support/memory-projection-store.js';
import {MemoryTraces} from '../../test/support/memory-traces.js';
import {AccessLeaves} from './access-leaves.js';
import {ProjectBlocks} from './project-blocks.js';
import {projectGenesis} from './project-genesis.js';
import {TransactionOutcomes} from './transaction-outcomes.js';

const START = 1_704_067_200n;
const SLOT = slotOf(START);
const READERS = ['first', 'second', 'third', 'fourth'].map((name) => testKey(`${name} reader`));
const hospital = testOrganisation('hospital');
const {patient, recovery} = PEOPLE;

// More leaves of one patient than an answer has came in one block, and no follower went past it.
it('a block with more leaves of a patient than one answer has is projected, page by page', async () => {
  const chain = new FakeChain(START);
  for (const reader of READERS) chain.run(registerMember(hospital, reader), [hospital.sponsor, reader]);
  chain.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]);
  const period = {accessFromSlot: SLOT, accessToSlot: SLOT + 10, dataFromSlot: SLOT - 100, dataToSlot: SLOT};
  for (const [i, reader] of READERS.entries())
    chain.run(putGrant(patient.id, reader.id, {...period, grantId: tag(i + 1)}), [patient]);
  const asked = {slotFrom: SLOT - 2, slotTo: SLOT - 1};
  const before = chain.ledger.accessLog(patient.id).length;
  const codes = chain.commit(
    READERS.flatMap((reader, i) =>
      Array.from({length: 254}, () =>
        chain.ledger.tx(requestAccess(patient.id, {...asked, grantId: tag(i + 1)}), [reader]),
      ),
    ),
  );
  const leaves = codes.filter((code) => code === 0).length;
  expect(leaves).toBeGreaterThan(LIMITS.proofLeaves);

  const questions: number[] = [];
  const proofs = chain.proofs.bind(chain);
  chain.proofs = async (question) => {
    const response = await proofs(question);
    questions.push(response.logs[0]?.leaves.length ?? 0);
    return response;
  };
  const store = new MemoryProjectionStore();
  const outcomes = new TransactionOutcomes(store);
  const projectBlocks = new ProjectBlocks({
    store,
    leaves: new AccessLeaves({logs: chain, projection: store}),
    traces: new MemoryTraces(),
    outcomes,
  });
  await projectGenesis(chain.genesis, store);
  for (const block of chain.blocks) await projectBlocks.execute(block);
  expect(await store.accessLogSize(toHex(patient.id))).toBe(BigInt(before + leaves));
  expect(questions.slice(-2)).toEqual([LIMITS.proofLeaves, leaves - LIMITS.proofLeaves]);
}, 120_000);
