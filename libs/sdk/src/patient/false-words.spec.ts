import {beforeEach, describe, expect, it} from '@jest/globals';
import {MemoryNonceStore} from '../ledger/nonce-store.js';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {people} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {PatientContext} from './patient-context.js';
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
  beforeEach(async () => {
    all = await people();
    file = structuredClone(all.keys);
    nonces = new MemoryNonceStore(100n);
  });
  /** A process of its own: it has what the one before left in the file. */
  const context = (): PatientContext =>
    new PatientContext({
      keys: structuredClone(file),
      ledger: all.ledger,
      nonces,
      save: (keys) => {
        file = structuredClone(keys);
        return Promise.resolve();
      },
    });
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

  it('gives no grant', async () => {
    await lie(() => new PatientGrants(context()).put(all.terms), '');
    expect([file.grants, file.sentGrants.length]).toEqual([[], 1]);
    expect([...all.platform.kept.keys()].filter((path) => path.endsWith('/wraps'))).toEqual([]);
  });
});
