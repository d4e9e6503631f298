import type {DescMessage} from '@bufbuild/protobuf';
import {
  CODE,
  STATE_KIND,
  decodeCanonical,
  encodeCanonical,
  fromDecimal,
  keyId,
  toHex,
  transactionId,
} from '@vitalvault/contracts';
import {
  AccessLeafSchema,
  GrantSchema,
  PatientSchema,
  ReadsUsedSchema,
  RecordLeafSchema,
  RegistrationSchema,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import {BodySchema, DecisionSchema, TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {EpochStatementSchema, SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {recordId} from '@vitalvault/envelope';
import type {TestKey, TestLedger} from '@vitalvault/ledger-state/testing';
import {STATE} from '../../apps/storage/src/domain/record.js';
import {ALL_KEYS, CAST, registrationOf, signerOf} from './cast.js';
import type {FollowedNotify} from './followed-notify.js';
import type {FollowedPolicy} from './followed-policy.js';
import type {FollowedStorage} from './followed-storage.js';
import type {MadeBlock} from './made-block.js';
import {GRANTS} from './random-blocks.js';

const {patients, members, devices} = CAST;
const hex = (bytes: Uint8Array | undefined): string | undefined => (bytes === undefined ? undefined : toHex(bytes));
const number = (n: number): Uint8Array => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, n);
  return bytes;
};
const encoded = (schema: DescMessage, message: object | undefined): string | undefined =>
  message === undefined ? undefined : toHex(encodeCanonical(schema, message as never));

interface Row {
  readonly value: Uint8Array;
}

/** policy's tables hold what the ledger's state holds, byte by byte, and nothing else. */
export async function comparePolicy({state, block}: TestLedger, {store, database}: FollowedPolicy): Promise<void> {
  const same = (kind: number, ids: readonly TestKey[], rows: readonly (readonly [string, Row])[]): void => {
    const inState = ids.flatMap(({id}) => {
      const value = state.get(kind, [id]);
      return value === undefined ? [] : [[toHex(id), toHex(value)]];
    });
    const inTable = rows.map(([id, {value}]) => [id, toHex(value)]);
    expect([kind, new Map(inTable as [string, string][])]).toEqual([kind, new Map(inState as [string, string][])]);
  };
  expect((await store.position())?.height).toBe(block.height);
  const organisations = await database.organisationKey.findMany();
  const theirs = new Set(organisations.map(({keyId: id}) => id));
  const keys = (await database.key.findMany()).filter(({keyId: id}) => !theirs.has(id));
  same(
    STATE_KIND.patient,
    patients,
    (await database.patient.findMany()).map((row) => [row.id, row]),
  );
  same(
    STATE_KIND.member,
    members,
    (await database.member.findMany()).map((row) => [row.id, row]),
  );
  same(
    STATE_KIND.device,
    devices,
    (await database.device.findMany()).map((row) => [row.id, row]),
  );
  same(
    STATE_KIND.keyOwner,
    ALL_KEYS,
    keys.map((row) => [row.keyId, row]),
  );
}

/** The same, of what hangs on identities: registrations, grants, reads, epochs, access logs. */
export async function comparePolicyDeeply(ledger: TestLedger, {store}: FollowedPolicy): Promise<void> {
  const {state} = ledger;
  for (const device of devices)
    for (let n = 1; n <= registrationOf(ledger, device); n++) {
      const found = encoded(RegistrationSchema, await store.registration(toHex(device.id), n));
      expect(found).toBe(hex(state.get(STATE_KIND.registration, [device.id, number(n)])));
    }
  for (const {id} of patients) {
    for (const grantId of GRANTS) {
      const found = encoded(GrantSchema, await store.grant(toHex(id), toHex(grantId)));
      expect(found).toBe(hex(state.get(STATE_KIND.grant, [id, grantId])));
      const reads = state.get(STATE_KIND.readsUsed, [id, grantId]);
      const used = reads === undefined ? 0n : decodeCanonical(ReadsUsedSchema, reads).reads;
      expect(await store.readsUsed(toHex(id), toHex(grantId))).toBe(used);
    }
    for (const signed of await store.epochStatements(toHex(id)))
      expect(state.get(STATE_KIND.epochStatement, epochKey(signed.statement))).toEqual(
        encodeCanonical(SignedEpochStatementSchema, signed),
      );
    const leaves = state.leaves(STATE_KIND.accessLog, id);
    expect(await store.accessLogSize(toHex(id))).toBe(BigInt(leaves.length));
    for (const [index, leaf] of leaves.entries())
      expect(encoded(AccessLeafSchema, (await store.leafAt(toHex(id), BigInt(index)))?.leaf)).toBe(toHex(leaf));
  }
}

const epochKey = (statement: Uint8Array): Uint8Array[] => {
  const {patient, typeTag, epoch} = decodeCanonical(EpochStatementSchema, statement);
  return [patient, typeTag, number(epoch)];
};

/** storage says *anchored* of exactly those of its records that stand in a record log, and where. */
export async function compareStorage(ledger: TestLedger, storage: FollowedStorage, block: MadeBlock): Promise<void> {
  const inLogs = new Map<string, bigint>();
  for (const {id} of patients)
    for (const leaf of ledger.state.leaves(STATE_KIND.recordLog, id)) {
      const {entry, index} = decodeCanonical(RecordLeafSchema, leaf);
      if (entry?.entry.case === 'record') inLogs.set(toHex(recordId(entry.entry.value)), index);
    }
  for (const {recordId: id, state: now, logIndex} of await storage.database.record.findMany()) {
    const anchored = now === STATE.anchored && logIndex !== null ? fromDecimal(logIndex) : undefined;
    expect([id, anchored]).toEqual([id, inLogs.get(id)]);
  }
  const rows = await storage.database.accessRequest.findMany({where: {height: block.height}});
  const found = new Map(rows.map(({txId, ...row}) => [txId, row]));
  for (const [place, bytes] of block.txs.entries()) {
    const result = block.results[place];
    if (result?.code !== CODE.ok) continue;
    const {body, signatures} = decodeCanonical(TxSchema, bytes);
    const {message} = decodeCanonical(BodySchema, body);
    if (message.case !== 'requestAccess') continue;
    const {slotFrom, slotTo} = message.value;
    expect(found.get(toHex(transactionId(body, signatures)))).toMatchObject({
      slotFrom: BigInt(slotFrom),
      slotTo: BigInt(slotTo),
      permit: decodeCanonical(DecisionSchema, result.data).permit,
      signerKeyId: toHex(keyId(signatures[0] as never)),
    });
    found.delete(toHex(transactionId(body, signatures)));
  }
  expect(found.size).toBe(0);
  const readers = await storage.database.readerKey.findMany({where: {current: true}});
  const now = [...patients, ...members].flatMap((person): [string, string][] => {
    const kinds = [STATE_KIND.patient, STATE_KIND.member];
    const known = kinds.some((kind) => ledger.state.get(kind, [person.id]) !== undefined);
    return known ? [[toHex(person.id), toHex(signerOf(ledger, person).id)]] : [];
  });
  expect(new Map(readers.map(({identity, keyId: id}) => [identity, id]))).toEqual(new Map(now));
}

/** Each patient has an alert for each leaf but her enrolment, of its kind, and notify knows her key of now. */
export async function compareNotify({state}: TestLedger, {database}: FollowedNotify): Promise<void> {
  for (const {id} of patients) {
    const leaves = state.leaves(STATE_KIND.accessLog, id).map((leaf) => decodeCanonical(AccessLeafSchema, leaf));
    const expected = leaves.flatMap(({event, txId}) =>
      event.case === 'enrolled'
        ? []
        : [`${toHex(txId)} ${event.case === 'access' ? (event.value.decision?.permit === true ? 2 : 1) : 8}`],
    );
    const alerts = await database.alert.findMany({where: {patient: toHex(id), kind: {in: [1, 2, 8]}}});
    expect(alerts.map(({subject, kind}) => `${subject} ${String(kind)}`).toSorted()).toEqual(expected.toSorted());
    const patient = state.get(STATE_KIND.patient, [id]);
    const current = await database.patientKey.findMany({
      where: {patient: toHex(id)},
      orderBy: [{height: 'desc'}, {place: 'desc'}],
      take: 1,
    });
    const key = patient === undefined ? undefined : decodeCanonical(PatientSchema, patient).signingKey;
    expect(current.map((row) => row.keyId)).toEqual(key === undefined ? [] : [toHex(keyId(key))]);
  }
}
