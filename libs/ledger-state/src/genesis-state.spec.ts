import {CODE, decodeCanonical, encodeCanonical, ORG_ROLE} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {InvalidGenesisError} from '@vitalvault/light-client';
import {genesisState} from './genesis-state.js';
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
const clinic = testOrganisation('clinic');
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

test('writes the nodes that may be peers, of validators and others', () => {
  const nodes = [new Uint8Array(20).fill(7)];
  const genesis = changed((g) => {
    for (const one of g.organisations) if (one.name === 'clinic') one.nodes = nodes;
  });
  const ledger = new TestLedger(genesis);
  const {validators} = make(genesis);
  expect(validators.map(({nodeId}) => load(ledger.state, SLOTS.peer, [nodeId])?.organisation)).toEqual(
    expect.arrayContaining([hospital.id, clinic.id]),
  );
  expect(load(ledger.state, SLOTS.peer, nodes)?.organisation).toEqual(clinic.id);
  expect(load(ledger.state, SLOTS.peer, [new Uint8Array(20).fill(8)])).toBeUndefined();
});

test('the same genesis gives the same app hash, another one another', () => {
  expect(new TestLedger().appHash).toEqual(new TestLedger().appHash);
  expect(new TestLedger(testGenesis(['hospital'])).appHash).not.toEqual(new TestLedger().appHash);
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
