import {beforeEach, describe, expect, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, fromHex} from '@vitalvault/contracts';
import {GrantSchema, RegistrationSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {numberPart} from '@vitalvault/proofs';
import {idOf} from '../keys/stored-key.js';
import {MemoryNonceStore} from '../ledger/nonce-store.js';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {people} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {PatientContext} from './patient-context.js';
import type {EndingNotice} from './patient-context.js';
import {PatientGrants} from './patient-grants.js';
import {tagOf} from './patient-keys.js';
import type {PatientKeys} from './patient-keys.js';
import {Patient} from './patient.js';

/** One statement, taken. */
const ONE_OK = '0a0100';

describe('a service that calls committed what no block has', () => {
  let all: People;
  let file: PatientKeys;
  let nonces: MemoryNonceStore;
  let told: EndingNotice[];
  beforeEach(async () => {
    all = await people();
    file = structuredClone(all.keys);
    nonces = new MemoryNonceStore(100n);
    told = [];
  });
  /** A process of its own: it has what the one before left in the file. */
  const context = (): PatientContext =>
    new PatientContext({
      keys: structuredClone(file),
      ledger: all.ledger,
      nonces,
      tell: (notice) => told.push(notice),
      save: (keys) => {
        file = structuredClone(keys);
        return Promise.resolve();
      },
    });
  const stateOf = (kind: number, parts: Uint8Array[]): Uint8Array =>
    all.platform.chain.ledger.state.get(kind, parts) ?? new Uint8Array();
  const revoked = (grantId: string): boolean =>
    decodeCanonical(GrantSchema, stateOf(STATE_KIND.grant, [all.patientId, fromHex(grantId)])).revoked;
  const removed = (device: string): boolean =>
    decodeCanonical(RegistrationSchema, stateOf(STATE_KIND.registration, [fromHex(device), numberPart(1)]))
      .removedAtHeight > 0n;
  const lie = async (act: () => Promise<unknown>, data = ONE_OK): Promise<void> => {
    all.platform.falseData = data;
    await expect(act()).rejects.toMatchObject({code: 'tx-timeout'});
    all.platform.falseData = undefined;
  };

  it('costs no signing key: the old one is kept, and signs, until a proof shows the new one', async () => {
    const {signing} = structuredClone(file);
    await lie(() => new Patient(context()).replaceSigningKey());
    expect(file.signing).toEqual(signing);
    const begun = file.replacement?.signing;
    const {outcomes} = await new Patient(context()).replaceSigningKey();
    expect([file.signing, file.successions.length, file.replacement]).toEqual([begun, 1, undefined]);
    expect(outcomes).toMatchObject([{typeName: HEART_RATE, epoch: 2, code: 0}]);
    expect((await new Patient(context()).rotate([HEART_RATE])).outcomes).toMatchObject([{epoch: 3, code: 0}]);
  });

  it('publishes no epoch: one key stands under each number, and every grantee opens it', async () => {
    const {grantId} = await new PatientGrants(context()).put({...all.terms, dataToSlot: all.slot + 5_000});
    await lie(() => new Patient(context()).rotate([HEART_RATE]));
    expect(file.epochs.filter(({published}) => published).map(({epoch}) => epoch)).toEqual([1]);
    expect(file.epochsDue).toEqual([HEART_RATE]);
    // What was to be begun is begun by the next command, whatever its types are.
    expect((await new Patient(context()).rotate([])).outcomes).toMatchObject([{typeName: HEART_RATE, code: 0}]);
    expect(file.epochs.map(({epoch, published}) => [epoch, published])).toEqual([
      [1, true],
      [2, true],
    ]);
    const {keyOf} = await all.clinician.grantedKeys(file.patient, grantId);
    const tag = tagOf(file, HEART_RATE);
    expect([1, 2, 3].map((epoch) => keyOf(tag, epoch) !== undefined)).toEqual([true, true, false]);
  });

  it('begins no first epoch, and extends none backwards', async () => {
    await lie(() => new Patient(context()).publishEpochs(['omh:step-count'], all.slot));
    await lie(() => new Patient(context()).publishEpochs([HEART_RATE], all.slot - 2_000));
    expect(file.epochs.filter(({published}) => published)).toEqual(all.keys.epochs);
    await new Patient(context()).publishEpochs([HEART_RATE, 'omh:step-count'], all.slot - 2_000);
    expect(file.epochs.filter(({published}) => published).map(({fromSlot}) => fromSlot)).toEqual([
      all.slot - 2_000,
      all.slot - 2_000,
    ]);
  });

  it.each([
    ['with types', [HEART_RATE]],
    ['of which no type has an epoch', ['omh:step-count']],
  ])('revokes no grant %s: it is sent again by whatever comes next, and told', async (_, types) => {
    const {grantId} = await new PatientGrants(context()).put({...all.terms, types});
    await lie(() => new PatientGrants(context()).revoke(grantId), types[0] === HEART_RATE ? ONE_OK : '');
    expect(told).toMatchObject([{ending: {grantId}, isProven: false}]);
    expect(revoked(grantId)).toBe(false);
    const due = await new Patient(context()).settle();
    expect([due, revoked(grantId), file.epochsDue]).toEqual([[], true, []]);
    expect(told).toMatchObject([{isProven: false}, {ending: {grantId}, isProven: true}]);
    const {height} = all.platform.chain.ledger.block;
    expect(await new PatientGrants(context()).revoke(grantId)).toMatchObject({result: undefined, wasOver: true});
    await new Patient(context()).settle();
    expect(all.platform.chain.ledger.block.height).toBe(height);
  });

  it('removes no device', async () => {
    const device = idOf(all.deviceKey);
    await lie(() => new Patient(context()).removeDevice(device), '');
    expect([removed(device), file.endingsDue.length]).toEqual([false, 1]);
    expect(await new Patient(context()).settle()).toEqual([]);
    expect(removed(device)).toBe(true);
    expect(await new Patient(context()).removeDevice(device)).toBeUndefined();
  });

  it('suspends no member', async () => {
    const {member} = all.memberKeys;
    all.platform.falseData = '';
    await expect(all.organisation.suspend(member)).rejects.toMatchObject({code: 'tx-timeout'});
    all.platform.falseData = undefined;
    await all.organisation.suspend(member);
    expect((await new PatientGrants(context()).lookUp(member)).suspended).toBe(true);
  });

  it('gives no grant', async () => {
    await lie(() => new PatientGrants(context()).put(all.terms), '');
    expect([file.grants, file.sentGrants.length]).toEqual([[], 1]);
    expect([...all.platform.kept.keys()].filter((path) => path.endsWith('/wraps'))).toEqual([]);
  });
});
