import {CODE, decodeCanonical, encodeCanonical, ORG_ROLE} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {genesisState, InvalidGenesisError} from './genesis-state.js';
import {load, SLOTS} from './state-slots.js';
import {
  enrolPatient,
  MemoryState,
  PEOPLE,
  TEST_PORTS,
  TEST_SLOT,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const hospital = testOrganisation('hospital');
const make = (bytes: Uint8Array) => genesisState(bytes, new MemoryState(), TEST_PORTS);
const changed = (change: (genesis: Genesis) => void): Uint8Array => {
  const genesis = decodeCanonical(GenesisSchema, testGenesis(['hospital', 'clinic']));
  change(genesis);
  return encodeCanonical(GenesisSchema, genesis);
};

test('writes parameters, organisations, keys and validators', () => {
  const ledger = new TestLedger();
  expect(load(ledger.state, SLOTS.parameters, [])?.rights).toMatchObject({burst: 64, refill: 1, seconds: 3_600});
  expect(load(ledger.state, SLOTS.organisation, [hospital.id])?.name).toBe('hospital');
  expect(load(ledger.state, SLOTS.organisationKey, [hospital.storage.id])).toMatchObject({
    organisation: hospital.id,
    role: ORG_ROLE.storage,
  });
  expect(load(ledger.state, SLOTS.keyOwner, [hospital.storage.id])).toMatchObject({kind: 1, identity: hospital.id});
  // A release key signs nothing, so it is nobody's signing key.
  expect(load(ledger.state, SLOTS.organisationKey, [hospital.release.id])?.role).toBe(ORG_ROLE.release);
  expect(load(ledger.state, SLOTS.keyOwner, [hospital.release.id])).toBeUndefined();
  const {validators} = make(testGenesis(['hospital', 'clinic']));
  expect(validators).toHaveLength(2);
  const address = TEST_PORTS.sha256(validators[0]?.publicKey ?? new Uint8Array()).slice(0, 20);
  expect(load(ledger.state, SLOTS.validator, [address])?.power).toBe(10n);
});

test('the same genesis gives the same app hash, another one another', () => {
  expect(new TestLedger().appHash).toEqual(new TestLedger().appHash);
  expect(new TestLedger(testGenesis(['hospital'])).appHash).not.toEqual(new TestLedger().appHash);
});

test.each<[string, (genesis: Genesis) => void]>([
  [
    'version',
    (g) => {
      g.version = 2;
    },
  ],
  [
    'no parameters',
    (g) => {
      delete g.parameters;
    },
  ],
  [
    'a parameter of zero',
    (g) => {
      if (g.parameters) g.parameters.maxBlockBytes = 0;
    },
  ],
  [
    'a quota missing',
    (g) => {
      delete g.parameters?.rights;
    },
  ],
  [
    'organisations out of order',
    (g) => {
      g.organisations.reverse();
    },
  ],
  [
    'an organisation twice',
    (g) => {
      g.organisations.push(...g.organisations.slice(1));
    },
  ],
  [
    'no organisation',
    (g) => {
      g.organisations = [];
    },
  ],
  [
    'no admin key',
    (g) => {
      g.organisations[0]?.keys.shift();
    },
  ],
  [
    'no name',
    (g) => {
      for (const o of g.organisations) o.name = '';
    },
  ],
  [
    'a key without a role',
    (g) => {
      for (const k of g.organisations[0]?.keys ?? []) if (k.role === ORG_ROLE.policy) k.role = 0;
    },
  ],
  [
    'a signing key as release key',
    (g) => {
      for (const k of g.organisations[0]?.keys ?? []) if (k.role === ORG_ROLE.policy) k.role = ORG_ROLE.release;
    },
  ],
  [
    'a key twice',
    (g) => {
      g.organisations[0]?.keys.push(...g.organisations[0].keys.slice(1, 2));
    },
  ],
  [
    'a key that ends before it begins',
    (g) => {
      for (const k of g.organisations[0]?.keys ?? []) [k.fromSlot, k.toSlot] = [9, 8];
    },
  ],
  [
    'no validator',
    (g) => {
      for (const o of g.organisations) o.validators = [];
    },
  ],
  [
    'a validator twice',
    (g) => {
      g.organisations[1]?.validators.push(...(g.organisations[0]?.validators ?? []));
    },
  ],
  [
    'a validator without power',
    (g) => {
      for (const o of g.organisations) for (const v of o.validators) v.power = 0n;
    },
  ],
  [
    'too much power',
    (g) => {
      for (const o of g.organisations) for (const v of o.validators) v.power = 2n ** 60n - 1n;
    },
  ],
  [
    'a short validator key',
    (g) => {
      for (const o of g.organisations) for (const v of o.validators) v.publicKey = new Uint8Array(31);
    },
  ],
])('refused: %s', (_name, change) => {
  expect(() => make(changed(change))).toThrow(InvalidGenesisError);
});

test('refused: bytes that are no genesis', () => {
  for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), Uint8Array.of(...testGenesis(['hospital']), 0)])
    expect(() => make(bytes)).toThrow(InvalidGenesisError);
});

test("an organisation's key signs inside its slots only", () => {
  const [before, after, within] = [testKey('before'), testKey('after'), testKey('within')];
  const ledger = new TestLedger(
    changed((g) => {
      const keys = g.organisations.find(({name}) => name === 'hospital')?.keys;
      const add = (key: typeof before, fromSlot: number, toSlot: number): void => {
        keys?.push({
          $typeName: 'vitalvault.genesis.v1.GenesisKey',
          key: key.key,
          role: ORG_ROLE.sponsor,
          fromSlot,
          toSlot,
        });
      };
      add(before, 1, TEST_SLOT - 1);
      add(after, TEST_SLOT + 1, 0);
      add(within, TEST_SLOT, TEST_SLOT);
    }),
  );
  const enrol = (sponsor: typeof before): number =>
    ledger.run(enrolPatient(PEOPLE.patient, PEOPLE.recovery), [sponsor, PEOPLE.patient, PEOPLE.recovery]).code;
  expect([enrol(before), enrol(after), enrol(within)]).toEqual([CODE.notAuthorised, CODE.notAuthorised, 0]);
});
