import {beforeEach, describe, expect, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, fromHex} from '@vitalvault/contracts';
import {GrantSchema, RegistrationSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {numberPart} from '@vitalvault/proofs';
import {endorseRegistration} from '../device/device-registration.js';
import {idOf, newSigningKey} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {MemoryNonceStore} from '../ledger/nonce-store.js';
import {decodePart, txOfPart} from '../ledger/part.js';
import {submit} from '../ledger/transactions.js';
import {VerifiedLedger} from '../ledger/verified-ledger.js';
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
let patient: Patient;
let grants: PatientGrants;
beforeEach(async () => {
  all = await people();
  told = [];
  context = contextOf(all.ledger);
  patient = new Patient(context);
  grants = new PatientGrants(context);
});

function contextOf(ledger: VerifiedLedger): PatientContext {
  return new PatientContext({
    keys: all.keys,
    ledger,
    nonces: new MemoryNonceStore(100n),
    save: () => Promise.resolve(),
    tell: (notice) => told.push(notice),
  });
}

const commit = (seconds: number): unknown => all.platform.chain.ledger.commit([], BigInt(seconds));

/** Answers of now at this path, for as often as the function that it gives is not called again. */
async function replayed(path: string, ask: () => Promise<unknown>): Promise<(times?: number) => void> {
  const answers: object[] = [];
  all.platform.tamper = (asked, answer) => {
    if (asked === path) answers.push(answer);
    return answer;
  };
  await ask();
  all.platform.tamper = (_, answer) => answer;
  return (times = Infinity) => {
    let left = times;
    all.platform.tamper = (asked, answer) => (asked === path && left-- > 0 ? (answers[0] as typeof answer) : answer);
  };
}

const honest = (): void => {
  all.platform.tamper = (_, answer) => answer;
};

/** To the second after what the ending would be forgotten at, if its own transaction were the last one to come. */
function passExpiryOf(header: {timeSeconds: bigint}): void {
  commit(Number(header.timeSeconds + 3_601n - all.platform.chain.ledger.block.time));
  commit(1);
}

function registrationOf(key: StoredKey, number: number) {
  const parts = [fromHex(idOf(key)), numberPart(number)];
  const value = all.platform.chain.ledger.state.get(STATE_KIND.registration, parts);
  return value && decodeCanonical(RegistrationSchema, value);
}

const signedFor = async (deviceKey: StoredKey): Promise<Uint8Array> => {
  const device = {deviceKey, typeNames: [HEART_RATE], deviceClass: 'wearable' as const, fromSlot: all.slot};
  return txOfPart(decodePart(endorseRegistration(await patient.registerDevice(device), deviceKey).part));
};

describe('a service that shows a header of before', () => {
  it('has no revocation forgotten while a grant that she signed before may still come', async () => {
    const early = await all.ledger.head();
    const replay = await replayed('/v1/chain/latest', () => all.ledger.head());
    commit(55);
    const pool: Uint8Array[] = [];
    all.platform.pool = pool;
    await expect(grants.put(all.terms)).rejects.toMatchObject({code: 'tx-timeout'});
    const grantId = context.keys.sentGrants[0]?.grant.grantId ?? '';
    replay();
    await expect(grants.revoke(grantId)).rejects.toMatchObject({code: 'tx-timeout'});
    honest();
    all.platform.pool = undefined;
    passExpiryOf(early);
    await patient.settle();
    all.platform.commit(pool.slice(0, 1));
    const value = all.platform.chain.ledger.state.get(STATE_KIND.grant, [all.patientId, fromHex(grantId)]);
    expect(value && decodeCanonical(GrantSchema, value).revoked).toBe(true);
    expect(told.map(({isProven, isNone}) => [isProven, isNone])).toEqual([
      [false, undefined],
      [true, false],
    ]);
  });

  it('has no removal forgotten while the device holds a registration that she signed', async () => {
    const early = await all.ledger.head();
    const replay = await replayed('/v1/chain/latest', () => all.ledger.head());
    commit(55);
    const stolen = newSigningKey(all.random);
    const held = await signedFor(stolen);
    replay();
    const removal = patient.removeDevice(idOf(stolen));
    await expect(removal).rejects.toMatchObject({code: 'tx-refused'});
    honest();
    passExpiryOf(early);
    expect(await patient.settle()).toHaveLength(1);
    all.platform.commit([held]);
    expect(await patient.settle()).toEqual([]);
    expect(registrationOf(stolen, 1)?.removedAtHeight).toBeGreaterThan(0n);
  });

  it('of before a new registration: that one is removed too, as she signed it', async () => {
    const device = idOf(all.deviceKey);
    await patient.removeDevice(device);
    const replay = await replayed('/v1/proofs', () => patient.removeDevice(device));
    await submit(all.ledger, await signedFor(all.deviceKey));
    commit(50);
    replay(1);
    expect(await patient.removeDevice(device)).toBeDefined();
    expect(registrationOf(all.deviceKey, 2)?.removedAtHeight).toBeGreaterThan(0n);
  });

  it.each([
    ['/v1/chain/latest', (ledger: VerifiedLedger) => ledger.head()],
    ['/v1/proofs', (ledger: VerifiedLedger) => contextState(ledger)],
  ])(
    'far behind what this home saw is not believed, nor by its next process; one that catches up is: %s',
    async (path, ask) => {
      const replay = await replayed(path, () => ask(all.ledger));
      for (let block = 0; block < 4; block++) commit(10);
      await ask(all.ledger);
      await context.save();
      const next = new VerifiedLedger({api: all.ledger.api, genesis: all.ledger.genesis});
      contextOf(next);
      for (const ledger of [all.ledger, next]) {
        replay();
        await expect(ask(ledger)).rejects.toMatchObject({code: 'stale-header', meta: {reason: 'older-than-seen'}});
        replay(1);
        await ask(ledger);
      }
    },
  );

  it('a block or two behind is believed: validators are', async () => {
    const replay = await replayed('/v1/chain/latest', () => all.ledger.head());
    for (let block = 0; block < 2; block++) commit(15);
    const {height} = await all.ledger.head();
    replay();
    expect((await all.ledger.head()).height).toBe(height - 2n);
    expect(all.ledger.newest?.height).toBe(height);
  });
});

const contextState = (ledger: VerifiedLedger): Promise<unknown> =>
  ledger.state(all.keys.signing, [{kind: 'patient', parts: [all.patientId]}]);

describe('a registration that she signed', () => {
  it('and that may still come ends with the one that stands; no other is signed meanwhile', async () => {
    const again = await signedFor(all.deviceKey);
    expect(await patient.removeDevice(idOf(all.deviceKey))).toBeDefined();
    expect(told).toMatchObject([{ending: {registration: 2}, isProven: false}]);
    expect(registrationOf(all.deviceKey, 1)?.removedAtHeight).toBeGreaterThan(0n);
    await expect(patient.removeDevice(idOf(all.deviceKey))).rejects.toMatchObject({code: 'tx-refused'});
    await expect(signedFor(all.deviceKey)).rejects.toMatchObject({code: 'invalid-argument'});
    all.platform.commit([again]);
    expect(registrationOf(all.deviceKey, 2)?.removedAtHeight).toBe(0n);
    expect(await patient.settle()).toEqual([]);
    expect(registrationOf(all.deviceKey, 2)?.removedAtHeight).toBeGreaterThan(0n);
  });

  it('and that came is no reason to remove a later one', async () => {
    await patient.removeDevice(idOf(all.deviceKey));
    await submit(all.ledger, await signedFor(all.deviceKey));
    expect(await patient.removeDevice(idOf(all.deviceKey))).toBeDefined();
    expect(context.keys.endingsDue).toEqual([]);
  });

  it('and that never came is told as none, and not as ended', async () => {
    const device = newSigningKey(all.random);
    await signedFor(device);
    await expect(patient.removeDevice(idOf(device))).rejects.toMatchObject({code: 'tx-refused'});
    commit(3_700);
    const refused = patient.removeDevice(idOf(device), {registration: 1});
    await expect(refused).rejects.toMatchObject({code: 'not-found'});
    expect(context.keys.endingsDue).toEqual([]);
    await signedFor(device);
    await expect(patient.removeDevice(idOf(device))).rejects.toMatchObject({code: 'tx-refused'});
    commit(3_700);
    expect(await patient.settle()).toEqual([]);
    expect(told.at(-1)).toMatchObject({isProven: true, isNone: true});
    expect(context.keys.signedRegistrations).toHaveLength(1);
  });
});
