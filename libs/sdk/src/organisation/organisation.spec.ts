import {beforeAll, describe, expect, it} from '@jest/globals';
import {toHex} from '@vitalvault/contracts';
import {testOrganisation} from '@vitalvault/ledger-state/testing';
import type {StoredKey} from '../keys/stored-key.js';
import {createMemberKeys, memberRequest} from '../clinician/member-keys.js';
import {MemoryNonceStore} from '../ledger/nonce-store.js';
import {enrolmentRequest} from '../patient/enrolment.js';
import {createPatientKeys} from '../patient/patient-keys.js';
import {HOSPITAL, people} from '../../testing/people.js';
import type {People} from '../../testing/people.js';
import {Organisation} from './organisation.js';

const keys = testOrganisation('hospital');
const stored = ({key, privateKey}: {key: {publicKey: Uint8Array}; privateKey: Uint8Array}): StoredKey => ({
  alg: 1,
  publicKey: toHex(key.publicKey),
  privateKey: toHex(privateKey),
});

describe("an organisation's office", () => {
  let all: People;
  const office = (key: StoredKey): Organisation =>
    new Organisation({organisation: HOSPITAL, key, ledger: all.ledger, nonces: new MemoryNonceStore()});
  const newcomer = () => enrolmentRequest(createPatientKeys(all.random));
  const member = () => ({
    request: memberRequest(createMemberKeys(all.random)),
    name: 'Dr. Bo',
    title: '',
    role: 'nurse' as const,
  });

  beforeAll(async () => {
    all = await people();
  });

  it('sponsors with its sponsor key only: the admin key would give the patient a paper that cannot work', async () => {
    await expect(office(stored(keys.sponsor)).sponsor(newcomer())).resolves.toMatch(/^vvtx1\./);
    await expect(office(stored(keys.admin)).sponsor(newcomer())).rejects.toMatchObject({
      code: 'role-missing',
      detail: expect.stringContaining('sponsor'),
    });
  });

  it.each(['sponsor', 'admin'] as const)('vouches for members with its %s key', async (role) => {
    await expect(office(stored(keys[role])).endorse(member())).resolves.toEqual(expect.any(String));
  });

  it('does nothing with the key of a service', async () => {
    const storage = office(stored(keys.storage));
    for (const act of [storage.sponsor(newcomer()), storage.endorse(member()), storage.suspend('00'.repeat(20))])
      await expect(act).rejects.toMatchObject({code: 'role-missing'});
  });
});
