import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {inspect} from 'node:util';
import {decodeCanonical, encodeCanonical, LIMITS, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {DEFAULT_PARAMETERS, testGenesis, testKey, testOrganisation} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import type {Session} from '../session.js';
import {openOrganisation, readOrganisationKey} from './organisation-key.js';
import type {OfficeRoles} from './organisation-key.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-office-'));
const path = join(dir, 'sponsor.key.json');

describe('readOrganisationKey', () => {
  afterAll(() => rmSync(dir, {recursive: true}));

  it.each(['{"privateKey":ad95f59f0f}', 'ad95f59f0f', '{"alg":16,"publicKey":"","privateKey":"ad95f59f0f"}'])(
    'quotes nothing of %s',
    (text) => {
      writeFileSync(path, text, {mode: 0o600});
      let thrown: unknown;
      try {
        readOrganisationKey(path);
      } catch (error) {
        thrown = error;
      }
      expect(inspect(thrown, {depth: 5})).toContain('holds no signing key');
      expect(inspect(thrown, {depth: 5})).not.toContain('ad95');
    },
  );
});

describe('openOrganisation', () => {
  const dir = mkdtempSync(join(tmpdir(), 'vv-office-'));
  afterAll(() => rmSync(dir, {recursive: true}));
  const hospital = testOrganisation('hospital');
  const former = testKey('a sponsor of years ago');

  function open({key, privateKey}: TestKey, roles: OfficeRoles): string {
    const path = join(dir, 'office.key.json');
    const text = {alg: key.alg, publicKey: toHex(key.publicKey), privateKey: toHex(privateKey)};
    writeFileSync(path, JSON.stringify(text), {mode: 0o600});
    const session = {genesis: () => genesis, endpoints: {organisation: toHex(hospital.id)}, ledger: {}};
    return openOrganisation(session as unknown as Session, {key: path}, roles).name;
  }

  const made = decodeCanonical(GenesisSchema, testGenesis(['hospital'], DEFAULT_PARAMETERS));
  const sponsor = made.organisations[0]?.keys.find(({role}) => role === 2);
  if (sponsor !== undefined)
    made.organisations[0]?.keys.push({...sponsor, key: former.key, fromSlot: 1, toSlot: 400_000});
  const genesis = JSON.stringify({
    chain_id: 'office',
    genesis_time: '2026-01-01T00:00:00Z',
    consensus_params: {
      block: {max_bytes: String(LIMITS.cometBlockBytes)},
      evidence: {max_bytes: String(LIMITS.cometEvidenceBytes)},
    },
    app_state: Buffer.from(encodeCanonical(GenesisSchema, made)).toString('base64'),
  });

  it('takes a key of a role that may sign', () => {
    expect(open(hospital.sponsor, ['sponsor'])).toBe('hospital');
    expect(open(hospital.sponsor, ['sponsor', 'admin'])).toBe('hospital');
    expect(open(hospital.admin, ['sponsor', 'admin'])).toBe('hospital');
  });

  it.each([
    ['an admin key, which enrols nobody', hospital.admin, ['sponsor'], 'key-role'],
    ['a storage key', hospital.storage, ['sponsor', 'admin'], 'key-role'],
    ['a sponsor key whose time is over', former, ['sponsor'], 'key-role'],
    ['a key of nobody', testKey('nobody'), ['sponsor'], 'key-unknown'],
  ] as const)('refuses %s before anything is signed', (_what, key, roles, code) => {
    expect(() => open(key, roles)).toThrow(expect.objectContaining({code}));
  });
});
