import {beforeEach, describe, expect, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {GrantSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {idOf} from '../keys/stored-key.js';
import {MemoryNonceStore} from '../ledger/nonce-store.js';
import {bodyOfPart} from '../ledger/part.js';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {people} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {PatientContext} from './patient-context.js';
import type {EndingNotice} from './patient-context.js';
import {PatientGrants} from './patient-grants.js';
import {Patient} from './patient.js';

let all: People;
let told: EndingNotice[];
let context: PatientContext;
let grants: PatientGrants;
let patient: Patient;
beforeEach(async () => {
  all = await people();
  told = [];
  context = new PatientContext({
    keys: all.keys,
    ledger: all.ledger,
    nonces: new MemoryNonceStore(100n),
    save: () => Promise.resolve(),
    tell: (notice) => told.push(notice),
  });
  grants = new PatientGrants(context);
  patient = new Patient(context);
});

/** What an act sends goes into a pool, and she hears no more than that it took too long. */
async function timedOut(act: () => Promise<unknown>): Promise<Uint8Array[]> {
  const pool: Uint8Array[] = [];
  all.platform.pool = pool;
  await expect(act()).rejects.toMatchObject({code: 'tx-timeout'});
  all.platform.pool = undefined;
  return pool;
}

function onLedger(grantId: string) {
  const value = all.platform.chain.ledger.state.get(STATE_KIND.grant, [all.patientId, fromHex(grantId)]);
  return value && decodeCanonical(GrantSchema, value);
}

describe('what she takes back', () => {
  it.each([
    ['before it', (older: Uint8Array[], pool: Uint8Array[]) => [...older, ...pool]],
    ['after it', (older: Uint8Array[], pool: Uint8Array[]) => [...pool, ...older]],
  ])('wins over a grant, and a change of one, that is under way and comes %s', async (_, order) => {
    const {grantId} = await grants.put(all.terms);
    const change = await timedOut(() => grants.put({...all.terms, grantId, types: 'all'}));
    const grant = await timedOut(() => grants.put(all.terms));
    const fresh = context.keys.sentGrants.find((sent) => sent.grant.grantId !== grantId)?.grant.grantId ?? '';
    const revocations: Uint8Array[] = [];
    for (const id of [grantId, fresh]) revocations.push(...(await timedOut(() => grants.revoke(id))));
    all.platform.commit(order([...change, ...grant], revocations));
    await patient.settle();
    expect([onLedger(grantId)?.revoked, onLedger(fresh)?.revoked]).toEqual([true, true]);
    expect([context.keys.endingsDue, context.keys.grants.every(({revoked}) => revoked)]).toEqual([[], true]);
    const wraps = all.platform.calls.filter((call) => call.startsWith('PUT') && call.includes(fresh));
    expect(wraps).toEqual([]);
  });

  it('by a change is above every change that is under way: an older one cannot come in its place', async () => {
    const {grantId} = await grants.put(all.terms);
    const wide = await timedOut(() => grants.put({...all.terms, grantId, types: 'all'}));
    const narrow = await grants.put({...all.terms, grantId, dataFromSlot: all.terms.dataToSlot});
    all.platform.commit(wide);
    expect([narrow.version, onLedger(grantId)?.version, onLedger(grantId)?.typeTags.length]).toEqual([3, 3, 1]);
    expect(onLedger(grantId)?.typeTags.map(toHex)).not.toContain('00'.repeat(16));
  });

  it('wins over a registration that is under way', async () => {
    const device = idOf(all.deviceKey);
    await patient.removeDevice(device);
    // The second registration is signed, and comes after the removal of it.
    await expect(patient.removeDevice(device, {registration: 2})).rejects.toMatchObject({code: 'tx-refused'});
    expect(context.keys.endingsDue).toMatchObject([{kind: 'removal', registration: 2}]);
    all.platform.chain.ledger.commit([], 3_500n);
    expect(await patient.settle()).toHaveLength(1);
    all.platform.chain.ledger.commit([], 3_700n);
    // There is none, and none can come any more.
    expect(await patient.settle()).toEqual([]);
  });

  it('is put into no grant again while it is due', async () => {
    const {grantId} = await grants.put(all.terms);
    all.platform.pool = [];
    await expect(grants.revoke(grantId)).rejects.toMatchObject({code: 'tx-timeout'});
    await expect(grants.put({...all.terms, grantId})).rejects.toMatchObject({code: 'invalid-argument'});
  });

  it('goes out when nothing can be asked', async () => {
    const {grantId} = await grants.put(all.terms);
    await timedOut(() => patient.rotate([HEART_RATE]));
    all.platform.tamper = (path, answer) => {
      if (path === '/v1/proofs') throw new DomainError('quota-exceeded');
      return answer;
    };
    await expect(grants.revoke(grantId)).rejects.toMatchObject({code: 'quota-exceeded'});
    expect(onLedger(grantId)?.revoked).toBe(true);
    all.platform.tamper = (_, answer) => answer;
    expect(await patient.settle()).toEqual([]);
    expect(told).toMatchObject([{isProven: false}, {isProven: true}]);
  });

  it('is a grant that there is: of a mistyped id nothing is revoked, and nothing sent', async () => {
    const {grantId} = await grants.put(all.terms);
    const mistyped = `${grantId.slice(0, -1)}${grantId.endsWith('0') ? '1' : '0'}`;
    await expect(grants.revoke(mistyped)).rejects.toMatchObject({code: 'unknown-grant'});
    expect([context.keys.endingsDue, onLedger(mistyped), onLedger(grantId)?.revoked]).toEqual([[], undefined, false]);
    await grants.revoke(mistyped, {unlisted: true});
    expect(onLedger(mistyped)?.revoked).toBe(true);
  });

  it('may be a grant that this copy of her home does not know, and the ledger does', async () => {
    const {grantId} = await grants.put(all.terms);
    context.keys.grants = [];
    all.platform.tamper = (path, answer) => {
      if (path === '/v1/proofs') throw new DomainError('quota-exceeded');
      return answer;
    };
    await expect(grants.revoke(grantId)).rejects.toMatchObject({code: 'quota-exceeded'});
    expect([context.keys.endingsDue, onLedger(grantId)?.revoked]).toEqual([[], false]);
    all.platform.tamper = (_, answer) => answer;
    expect(await grants.revoke(grantId)).toMatchObject({wasOver: false});
    expect(onLedger(grantId)?.revoked).toBe(true);
  });

  it('and has ended already begins no other epoch but what was left over', async () => {
    const {grantId} = await grants.put(all.terms);
    expect(await grants.revoke(grantId)).toMatchObject({wasOver: false, outcomes: [{epoch: 2}]});
    const {height} = all.platform.chain.ledger.block;
    expect(await grants.revoke(grantId)).toEqual({result: undefined, wasOver: true, outcomes: [], rewrapped: []});
    expect(all.platform.chain.ledger.block.height).toBe(height);
    context.keys.epochsDue = [HEART_RATE];
    expect(await grants.revoke(grantId)).toMatchObject({wasOver: true, outcomes: [{epoch: 3, codeName: 'ok'}]});
  });

  it('is sent again a few at a time, by turns, with a fresh expiry and no key more', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 6; n++) ids.push((await grants.put(all.terms)).grantId);
    for (const id of ids) await timedOut(() => grants.revoke(id));
    const keys = context.keys.epochs.length;
    const round = async (): Promise<string[]> => {
      const pool: Uint8Array[] = [];
      all.platform.pool = pool;
      await patient.settle();
      return pool.map((tx) => {
        const {message} = bodyOfPart({...decodeCanonical(TxSchema, tx)});
        return message.case === 'putGrant' ? toHex(message.value.grantId) : '';
      });
    };
    const first = await round();
    const second = await round();
    expect([first.length, second.length, new Set([...first, ...second])]).toEqual([4, 4, new Set(ids)]);
    expect(context.keys.epochs).toHaveLength(keys);
    all.platform.pool = undefined;
    all.platform.chain.ledger.commit([], 90_000n);
    await patient.settle();
    expect(await patient.settle()).toEqual([]);
    expect(ids.every((id) => onLedger(id)?.revoked)).toBe(true);
  }, 60_000);
});

describe('while her key is being replaced', () => {
  it.each([
    ['does not come', 2],
    ['committed, and nobody heard of it', 3],
  ])('and the replacement %s, she takes back at once, by the key that is current', async (how, epoch) => {
    const {grantId} = await grants.put(all.terms);
    const device = idOf(all.deviceKey);
    const pool = await timedOut(() => patient.replaceSigningKey());
    if (how !== 'does not come') all.platform.commit(pool);
    await expect(patient.rotate([HEART_RATE])).rejects.toMatchObject({code: 'replacement-pending'});
    const {outcomes} = await grants.revoke(grantId);
    expect([onLedger(grantId)?.revoked, outcomes]).toEqual([true, []]);
    expect(await patient.removeDevice(device)).toBeDefined();
    // The new key begins an epoch of every type that has none since then.
    const replaced = await patient.replaceSigningKey();
    expect([context.keys.replacement, context.keys.epochsDue, context.keys.endingsDue]).toEqual([undefined, [], []]);
    expect(replaced.successions).toBe(1);
    const newest = context.keys.epochs.findLast(({published}) => published);
    expect([newest?.by, newest?.epoch]).toEqual([context.keys.signing.publicKey, epoch]);
  });

  it('sends what is due before the replacement is tried again', async () => {
    const {grantId} = await grants.put(all.terms);
    await timedOut(() => grants.revoke(grantId));
    await timedOut(() => patient.replaceSigningKey());
    const pool: Uint8Array[] = [];
    all.platform.pool = pool;
    await expect(patient.replaceSigningKey()).rejects.toMatchObject({code: 'tx-timeout'});
    const kinds = pool.map((tx) => bodyOfPart({...decodeCanonical(TxSchema, tx)}).message.case);
    expect(kinds).toEqual(['putGrant', 'publishKeys']);
  });
});
