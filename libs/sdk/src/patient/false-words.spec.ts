import {beforeEach, describe, expect, it} from '@jest/globals';
import {MemoryNonceStore} from '../ledger/nonce-store.js';
import {HEART_RATE} from '../open-mhealth/heart-rate.js';
import {people} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {PatientContext} from './patient-context.js';
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
});
