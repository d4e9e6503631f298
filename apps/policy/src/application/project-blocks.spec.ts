import {describe, expect, it} from '@jest/globals';
import {
  CODE,
  STATE_KIND,
  TOPICS,
  decodeCanonical,
  encodeCanonical,
  fromHex,
  sha256Of,
  toHex,
} from '@vitalvault/contracts';
import {LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {GrantSchema, MemberSchema, PatientSchema, RegistrationSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {
  PEOPLE,
  HEART_RATE,
  enrolPatient,
  epochStatement,
  putGrant,
  keySuccession,
  registerDevice,
  registerMember,
  replaceKey,
  requestAccess,
  revokeGrant,
  sampleBody,
  signedBody,
  tag,
  testKey,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {slotOf, transactionId} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {numberPart} from '@vitalvault/proofs';
import {BodySchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {AccessEvent} from '@vitalvault/contracts/gen/ledger/v1/state';
import {FakeChain} from '../../test/support/fake-chain.js';
import {MemoryProjectionStore} from '../../test/support/memory-projection-store.js';
import {MemoryTraces} from '../../test/support/memory-traces.js';
import {AccessLeaves} from './access-leaves.js';
import {ExplainAccess} from './explain-access.js';
import {ProjectBlocks} from './project-blocks.js';
import {projectGenesis} from './project-genesis.js';
import {TransactionOutcomes} from './transaction-outcomes.js';

const START = 1_704_067_200n;
const SLOT = slotOf(START);
const farAway = ({ledger: {block}}: FakeChain) => ({
  expiresAtHeight: block.height + 100n,
  expiresAtTime: block.time + 1_000n,
});
const hospital = testOrganisation('hospital');
const {patient, recovery, clinician, device, stranger} = PEOPLE;
const [patientId, clinicianId, deviceId, grantId] = [
  toHex(patient.id),
  toHex(clinician.id),
  toHex(device.id),
  toHex(tag(1)),
];

async function projected(chain: FakeChain, store = new MemoryProjectionStore()) {
  const outcomes = new TransactionOutcomes(store);
  const leaves = new AccessLeaves({logs: chain, projection: store});
  const projectBlocks = new ProjectBlocks({store, leaves, traces: new MemoryTraces(), outcomes});
  await projectGenesis(chain.genesis, store);
  for (const block of chain.blocks) await projectBlocks.execute(block);
  return {store, projectBlocks, outcomes};
}

/** A life: enrolled, endorsed, registered, granted, asked, revoked. */
function story(): FakeChain {
  const chain = new FakeChain(START);
  const grant = {
    accessFromSlot: SLOT,
    accessToSlot: SLOT + 10,
    dataFromSlot: SLOT - 100,
    dataToSlot: SLOT,
    maxReads: 2,
  };
  chain.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]);
  chain.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]);
  chain.run({case: 'publishKeys', value: {identity: patient.id, epochStatements: [epochStatement(patient)]}}, [
    patient,
  ]);
  chain.run(registerDevice(patient, device), [patient, device]);
  chain.run(requestAccess(patient.id, {slotFrom: SLOT - 2, slotTo: SLOT - 1}), [clinician]);
  chain.run(putGrant(patient.id, clinician.id, grant), [patient]);
  chain.run(requestAccess(patient.id, {slotFrom: SLOT - 2, slotTo: SLOT - 1}), [clinician]);
  return chain;
}

describe('projection', () => {
  it('holds for every identity, registration and grant exactly what the ledger holds', async () => {
    const chain = story();
    const {store} = await projected(chain);
    const state = chain.ledger.state;
    expect(encodeCanonical(PatientSchema, (await store.patient(patientId)) as never)).toEqual(
      state.get(STATE_KIND.patient, [patient.id]),
    );
    expect(encodeCanonical(MemberSchema, (await store.member(clinicianId)) as never)).toEqual(
      state.get(STATE_KIND.member, [clinician.id]),
    );
    expect(encodeCanonical(GrantSchema, (await store.grant(patientId, grantId)) as never)).toEqual(
      state.get(STATE_KIND.grant, [patient.id, tag(1)]),
    );
    expect(encodeCanonical(RegistrationSchema, (await store.registration(deviceId, 1)) as never)).toEqual(
      state.get(STATE_KIND.registration, [device.id, Uint8Array.of(0, 0, 0, 1)]),
    );
    expect(await store.readsUsed(patientId, grantId)).toBe(1n);
    expect(await store.epochStatements(patientId, toHex(HEART_RATE))).toHaveLength(1);
  });

  it('keeps every leaf of an access log byte by byte, with one event each', async () => {
    const chain = story();
    const {store} = await projected(chain);
    const leaves = chain.ledger.state.leaves(STATE_KIND.accessLog, patient.id);
    expect(store.rows.leaves.map(({bytes}) => toHex(bytes))).toEqual(leaves.map(toHex));
    const events = store.rows.announcements.map(({topic, key, value}) => ({
      topic,
      key,
      event: decodeCanonical(LedgerEventSchema, value),
    }));
    expect(events.map(({event}) => toHex(event.accessLeaf))).toEqual(leaves.map(toHex));
    expect(new Set(events.map(({topic, key}) => `${topic} ${key}`))).toEqual(
      new Set([`${TOPICS.ledgerEvents} ${patientId}`]),
    );
    expect(new Set(store.rows.announcements.map(({messageId}) => messageId)).size).toBe(leaves.length);
  });

  it('knows why an access was refused, at its place in the chain', async () => {
    const chain = story();
    const {store} = await projected(chain);
    const explain = new ExplainAccess({projection: store});
    const accesses = store.rows.leaves.filter(({leaf}) => leaf.event.case === 'access').map(({index}) => index);
    expect(await Promise.all(accesses.map(async (index) => (await explain.execute(patientId, index)).rule))).toEqual([
      2, 0,
    ]);
  });

  it('decides each request by what stood before it in the same block', async () => {
    const chain = story();
    const window = {slotFrom: SLOT - 2, slotTo: SLOT - 1};
    const ask = () => chain.ledger.tx(requestAccess(patient.id, window), [clinician]);
    chain.commit([ask(), ask(), chain.ledger.tx(revokeGrant(patient.id), [patient]), ask()]);
    const {store} = await projected(chain);
    expect(store.rows.leaves.slice(-4).map(({verdict}) => verdict?.rule)).toEqual([0, 9, undefined, 4]);
  });

  it('projects a height once, whoever delivers it again', async () => {
    const chain = story();
    const {store, projectBlocks} = await projected(chain);
    const before = store.rows;
    for (const block of chain.blocks) await projectBlocks.execute(block);
    expect(store.rows).toBe(before);
  });

  it('refuses to leave a height out', async () => {
    const chain = story();
    const {projectBlocks} = await projected(Object.assign(story(), {blocks: chain.blocks.slice(0, 2)}));
    await expect(projectBlocks.execute(chain.blocks[4] as never)).rejects.toThrow();
  });

  it('rebuilt from nothing it is the same', async () => {
    const chain = story();
    const [live, rebuilt] = [await projected(chain), await projected(chain)];
    expect(rebuilt.store.rows).toEqual(live.store.rows);
  });

  it('a block that cannot be written leaves nothing behind', async () => {
    const chain = story();
    const store = new MemoryProjectionStore();
    chain.tamper = {proofs: (response) => ({...response, logs: response.logs.map((log) => ({...log, leaves: []}))})};
    await expect(projected(chain, store)).rejects.toMatchObject({code: 'not-verified'});
    expect((await store.position())?.height).toBe(2n);
    chain.tamper = {};
    await projected(chain, store);
    expect(store.rows.leaves).toHaveLength(chain.ledger.accessLog(patient.id).length);
  });

  it("follows keys that are replaced: the old one is nobody's any more", async () => {
    const chain = story();
    const next = testKey('next');
    expect(chain.run(replaceKey(patient, next, recovery), [patient, next]).code).toBe(CODE.ok);
    const newClinician = testKey('new clinician');
    expect(
      chain.run({case: 'publishKeys', value: {identity: clinician.id, newSigningKey: newClinician.key}}, [
        clinician,
        newClinician,
      ]).code,
    ).toBe(CODE.ok);
    const {store} = await projected(chain);
    expect((await store.key(patientId))?.owner.retired).toBe(true);
    expect((await store.key(toHex(next.id)))?.owner).toMatchObject({identity: patient.id, retired: false});
    expect((await store.patient(patientId))?.successions).toBe(1);
    expect(await store.successions(patientId, 0)).toMatchObject([keySuccession(patient, next, recovery)]);
    expect(await store.successions(patientId, 1)).toEqual([]);
    expect((await store.key(toHex(newClinician.id)))?.owner).toMatchObject({identity: clinician.id});
  });

  it('follows a device that is removed and comes back to somebody else', async () => {
    const chain = story();
    const remove = (distrustFromSlot = 0): TxMessage => ({
      case: 'removeDevice',
      value: {owner: patient.id, device: device.id, registration: 1, distrustFromSlot},
    });
    chain.run(remove(), [patient]);
    const stored = chain.ledger.state.get(STATE_KIND.registration, [device.id, numberPart(1)]);
    chain.run(enrolPatient(stranger, PEOPLE.strangerRecovery), [hospital.sponsor, stranger, PEOPLE.strangerRecovery]);
    chain.run(registerDevice(stranger, device), [stranger, device]);
    chain.run(remove(SLOT - 9), [patient]);
    const {store} = await projected(chain);
    const before = decodeCanonical(RegistrationSchema, stored ?? new Uint8Array());
    expect(before.removedAtTime).not.toBe(0n);
    expect((await store.registrationsOf(patientId)).map(({value}) => value)).toEqual([
      {...before, distrustFromSlot: SLOT - 9},
    ]);
    expect(await store.device(deviceId)).toMatchObject({registration: 2, owner: stranger.id});
  });

  it('keeps the result of the inclusion that used the nonce', async () => {
    const chain = story();
    const {tx} = chain.run(requestAccess(patient.id, {slotFrom: SLOT - 2, slotTo: SLOT - 1}), [clinician]);
    chain.commit([tx]);
    const {store} = await projected(chain);
    const {body, signatures} = decodeCanonical(TxSchema, tx);
    const id = toHex(transactionId(body, signatures));
    expect(await store.transaction(id)).toMatchObject({code: CODE.ok, txHash: toHex(sha256Of(tx))});
    expect(fromHex(id)).toHaveLength(32);
  });

  it('projects the same body by two members and by two keys of one person, each with its own leaf', async () => {
    const chain = story();
    const other = testKey('other clinician');
    chain.run(registerMember(hospital, other), [hospital.sponsor, other]);
    const body = encodeCanonical(BodySchema, {...sampleBody(requestAccess(patient.id), 1_000n), ...farAway(chain)});
    chain.commit([clinician, other, patient].map((signer) => signedBody(body, [signer])));
    expect(chain.blocks.at(-2)?.transactions.map(({code}) => code)).toEqual([0, 0, 0]);
    const {store} = await projected(chain);
    const leaves = store.rows.leaves.slice(-3).map(({leaf}) => leaf.event.value as AccessEvent);
    expect(leaves.map(({reader}) => reader)).toEqual([clinician, other, patient].map(({id}) => id));
    expect((await store.position())?.height).toBe(chain.ledger.block.height);
  });

  it('bytes in a block that are no transaction have no effect', async () => {
    const chain = story();
    chain.commit([Uint8Array.of(1, 2, 3)]);
    const {store} = await projected(chain);
    expect((await store.position())?.height).toBe(chain.ledger.block.height);
  });
});
