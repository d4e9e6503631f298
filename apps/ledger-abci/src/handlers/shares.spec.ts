import type {RequestCheckTx, RequestPrepareProposal} from '@vitalvault/abci';
import {CheckTxType} from '@vitalvault/abci';
import {CODE, toHex} from '@vitalvault/contracts';
import {
  enrolPatient,
  PEOPLE,
  putGrant,
  registerMember,
  replaceKey,
  requestAccess,
  revokeGrant,
  tag,
  testKey,
  TestLedger,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {openLedger, scratchDir} from '../../test/scratch-ledger.js';
import {txName} from '../cache/checked-txs.js';

const {patient, recovery, clinician} = PEOPLE;
const hospital = testOrganisation('hospital');
const clinic = testOrganisation('clinic');
const nurse = testKey('nurse');

/** Two hospitals, each with a member, and a patient of the first. */
async function begun() {
  const dir = scratchDir();
  const node = await openLedger(dir.path);
  const maker = new TestLedger();
  await node.block([
    maker.tx(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
    maker.tx(registerMember(hospital, clinician), [hospital.sponsor, clinician]),
    maker.tx(registerMember(clinic, nurse), [clinic.sponsor, nurse]),
  ]);
  const prepare = async (txs: Uint8Array[]): Promise<readonly Uint8Array[]> => {
    const request = {txs, maxTxBytes: 4_194_304n} as RequestPrepareProposal;
    return (await node.application.prepareProposal(request)).txs ?? [];
  };
  const close = async (): Promise<void> => {
    await node.close();
    dir.remove();
  };
  return {node, maker, prepare, close};
}

test('what CheckTx lets in counts to the actor and to the organisation behind her', async () => {
  const {node, maker, close} = await begun();
  const told = await Promise.all(
    [maker.tx(revokeGrant(patient.id), [patient]), maker.tx(requestAccess(patient.id), [nurse])].map(async (tx) => {
      await node.application.checkTx({tx, type: CheckTxType.NEW} as RequestCheckTx);
      return node.ledger.pending.get(txName(tx));
    }),
  );
  expect(told).toMatchObject([
    {actor: toHex(patient.id), organisation: toHex(hospital.id), rights: true},
    {actor: toHex(nurse.id), organisation: toHex(clinic.id), rights: false},
  ]);
  await close();
});

test('in a proposal organisations take turns, also with what is known from the pool alone', async () => {
  const {maker, prepare, close} = await begun();
  const own = [patient, clinician].map((who) => maker.tx(requestAccess(patient.id), [who]));
  const others = [nurse, nurse].map((who) => maker.tx(requestAccess(patient.id), [who]));
  expect(await prepare([...own, ...others])).toEqual([own[0], others[0], own[1], others[1]]);
  await close();
});

test('whoever has stolen a key fills its places and uses up its nonces: the succession has its own, and is first', async () => {
  const {node, maker, prepare, close} = await begun();
  const next = testKey('next');
  const check = async (tx: Uint8Array, type = CheckTxType.NEW): Promise<number> =>
    (await node.application.checkTx({tx, type} as RequestCheckTx)).code ?? 0;
  const flood: Uint8Array[] = [];
  for (let nonce = 1_024n; flood.length < 64; nonce += 1_024n)
    flood.push(maker.tx(requestAccess(patient.id), [patient], {nonce}));
  for (const tx of flood) expect(await check(tx)).toBe(0);
  const succession = maker.tx(replaceKey(patient, next, recovery), [patient, next], {nonce: 1n});
  expect(await check(succession)).toBe(0);
  const proposal = await prepare([...flood, succession]);
  expect(proposal[0]).toEqual(succession);
  await node.block([proposal[0] as Uint8Array]);
  expect(await check(flood[0] as Uint8Array, CheckTxType.RECHECK)).toBe(CODE.unknownKey);
  expect(await check(maker.tx(revokeGrant(patient.id), [next]))).toBe(0);
  await close();
});

test('the places of a key that was replaced are free again, when the pool has dropped what it signed', async () => {
  const {node, maker, close} = await begun();
  const next = testKey('next');
  const check = async (tx: Uint8Array, type = CheckTxType.NEW): Promise<number> =>
    (await node.application.checkTx({tx, type} as RequestCheckTx)).code ?? 0;
  const flood = Array.from({length: 64}, (_, i) =>
    maker.tx(putGrant(patient.id, hospital.id, {grantId: tag(i + 1)}), [patient]),
  );
  for (const tx of flood) expect(await check(tx)).toBe(0);
  await node.block([maker.tx(replaceKey(patient, next, recovery), [patient, next], {nonce: 1_000n})]);
  for (const tx of flood) expect(await check(tx, CheckTxType.RECHECK)).toBe(CODE.unknownKey);
  expect(node.ledger.pending.size).toBe(0);
  expect(await check(maker.tx(putGrant(patient.id, hospital.id), [next]))).toBe(0);
  await close();
});
