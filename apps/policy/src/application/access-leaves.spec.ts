import {create} from '@bufbuild/protobuf';
import {describe, expect, it} from '@jest/globals';
import {STATE_KIND, toHex} from '@vitalvault/contracts';
import {PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {
  PEOPLE,
  enrolPatient,
  epochStatement,
  putGrant,
  registerMember,
  testEncryptionKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import type {TxMessage} from '@vitalvault/contracts';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {decodeBlock} from '../domain/decode-block.js';
import {FakeChain} from '../../test/support/fake-chain.js';
import {appendLeaf, projected} from '../../test/support/projected.js';
import {AccessLeaves} from './access-leaves.js';
import type {ProvenLogs} from './ports.js';

const {patient, recovery, clinician, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const keysOf = (of: TestKey): TxMessage => ({
  case: 'publishKeys',
  value: {identity: of.id, epochStatements: [epochStatement(of)]},
});

const newKeyOf = (of: TestKey): TxMessage => ({
  case: 'publishKeys',
  value: {identity: of.id, epochStatements: [], encryptionKey: testEncryptionKey('new').publicKey},
});

type Leaves = readonly (readonly Uint8Array[])[];

/** Blocks of a chain, each message a transaction; `lie` changes what the ledger proves, every question is noted. */
function harness(lie: (leaves: Leaves) => Leaves = (leaves) => leaves) {
  const chain = new FakeChain(1_704_067_200n);
  const asked: Parameters<ProvenLogs['leaves']>[] = [];
  const logs: ProvenLogs = {
    leaves: async (...question) => {
      asked.push(question);
      return lie(await chain.leaves(...question));
    },
  };
  const block = (...messages: [TxMessage, TestKey[]][]) => {
    chain.commit(messages.map(([message, signers]) => chain.ledger.tx(message, signers)));
    const last = chain.blocks.at(-2);
    if (last === undefined) throw new Error('no block');
    return {...last, transactions: decodeBlock(last)};
  };
  /** @param known leaves of the patient's log that are projected; undefined: she is no patient yet */
  const leavesOf = async (blocks: ReturnType<typeof block> | ReturnType<typeof block>[], known?: number) => {
    const projection = await projected(async (writer) => {
      if (known === undefined) return;
      await writer.putPatient(toHex(patient.id), create(PatientSchema, {signingKey: patient.key}));
      const event = {case: 'keys' as const, value: {signingKeyId: patient.id}};
      for (let n = 0; n < known; n++) await appendLeaf(writer, {patient: patient.id, n, event});
    });
    return new AccessLeaves({logs, projection}).ofBlocks([blocks].flat());
  };
  return {chain, asked, block, leavesOf};
}

const enrolled: [TxMessage, TestKey[]] = [enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]];
const other: [TxMessage, TestKey[]] = [
  enrolPatient(stranger, strangerRecovery),
  [hospital.sponsor, stranger, strangerRecovery],
];
const grant: [TxMessage, TestKey[]] = [putGrant(patient.id, clinician.id), [patient]];
const member: [TxMessage, TestKey[]] = [registerMember(hospital, clinician), [hospital.sponsor, clinician]];

describe('AccessLeaves', () => {
  it('are those that the block added, by place in it, asked for in one question', async () => {
    const {chain, asked, block, leavesOf} = harness();
    const made = block(enrolled, other, [keysOf(patient), [patient]]);
    const found = await leavesOf(made);
    const [first, second, third] = made.transactions.map((transaction) => found.get(transaction));
    expect([first?.leaf.event.case, second?.leaf.event.case, third?.leaf.event.case]).toEqual([
      'enrolled',
      'enrolled',
      'keys',
    ]);
    expect([first?.patient, second?.patient, third?.patient]).toEqual(
      [patient, stranger, patient].map(({id}) => toHex(id)),
    );
    expect([first?.bytes, third?.bytes]).toEqual(chain.ledger.state.leaves(STATE_KIND.accessLog, patient.id));
    const log = {kind: STATE_KIND.accessLog, from: 0n};
    expect(asked).toEqual([
      [
        [
          {...log, patient: patient.id, count: 2},
          {...log, patient: stranger.id, count: 1},
        ],
        made.height,
      ],
    ]);
  });

  it('come from the end of the log that is projected', async () => {
    const {asked, block, leavesOf} = harness();
    block(enrolled);
    const made = block([keysOf(patient), [patient]]);
    const found = await leavesOf(made, 1);
    expect([...found.values()].map(({leaf}) => [leaf.index, leaf.event.case])).toEqual([[1n, 'keys']]);
    expect(asked[0]?.[0]).toMatchObject([{from: 1n, count: 1}]);
    // A projection that lacks her first leaf gets it instead: another block's.
    await expect(leavesOf(made, 0)).rejects.toMatchObject({code: 'not-verified'});
  });

  it('of several blocks are asked for in one question, as of the last, and each must be of its own block', async () => {
    const {asked, block, leavesOf} = harness();
    const blocks = [block(enrolled), block([keysOf(patient), [patient]], other)];
    const found = await leavesOf(blocks);
    expect(blocks.map(({transactions}) => transactions.map((one) => found.get(one)?.leaf.index))).toEqual([
      [0n],
      [1n, 0n],
    ]);
    expect([asked.length, asked[0]?.[0].map(({count}) => count), asked[0]?.[1]]).toEqual([
      1,
      [2, 1],
      blocks[1]?.height,
    ]);
    const [first, second] = blocks as [(typeof blocks)[0], (typeof blocks)[0]];
    const moved = [{...first, height: first.height - 1n}, second];
    await expect(leavesOf(moved)).rejects.toMatchObject({code: 'not-verified'});
  });

  it('of blocks that end with one that wrote none are asked for as of the last that did', async () => {
    const {asked, block, leavesOf} = harness();
    const blocks = [block(enrolled), block([keysOf(patient), [patient]]), block(member), block()];
    expect((await leavesOf(blocks)).size).toBe(2);
    expect(asked.map(([, atLeast]) => atLeast)).toEqual([blocks[1]?.height]);
  });

  it('none is asked for when no log grows', async () => {
    const {asked, block, leavesOf} = harness();
    const made = block(member, [newKeyOf(clinician), [clinician]], grant);
    expect(made.transactions.map(({code}) => code === 0)).toEqual([true, true, false]);
    expect((await leavesOf(made)).size).toBe(0);
    expect(asked).toEqual([]);
  });

  it.each<[string, (leaves: Leaves) => Leaves]>([
    ['left out', (leaves) => leaves.map(() => [])],
    ['left out with its log', () => []],
    ["another patient's", (leaves) => leaves.toReversed()],
  ])('refuse the block when one is %s', async (_what, lie) => {
    const {block, leavesOf} = harness(lie);
    const made = block(enrolled, other);
    await expect(leavesOf(made)).rejects.toMatchObject({code: 'not-verified', meta: {height: String(made.height)}});
  });

  it('refuse a leaf of another height, though its transaction fits', async () => {
    const {block, leavesOf} = harness();
    const made = block(enrolled);
    await expect(leavesOf({...made, height: made.height - 1n})).rejects.toMatchObject({code: 'not-verified'});
  });
});
