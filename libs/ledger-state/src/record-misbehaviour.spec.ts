import {decodeCanonical} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {executeBlock} from './execute-block.js';
import type {ProvenMisbehaviour} from './record-misbehaviour.js';
import {load, SLOTS} from './state-slots.js';
import {TEST_CHAIN, TEST_PORTS, testGenesis, TestLedger} from '../testing/index.js';

const [validator] = decodeCanonical(GenesisSchema, testGenesis(['hospital', 'clinic'])).organisations.flatMap(
  ({validators}) => validators,
);
const address = TEST_PORTS.sha256(validator?.publicKey ?? new Uint8Array()).slice(0, 20);
const vote: ProvenMisbehaviour = {address, kind: 1, height: 5n, time: 1_700_000_000n, power: 10n};
const partsOf = ({height, kind}: ProvenMisbehaviour) => [
  address,
  Uint8Array.from([56n, 48n, 40n, 32n, 24n, 16n, 8n, 0n].map((bits) => Number((height >> bits) & 255n))),
  Uint8Array.of(kind),
];

let ledger: TestLedger;
beforeEach(() => {
  ledger = new TestLedger();
});

function block(...misbehaviour: ProvenMisbehaviour[]): readonly ProvenMisbehaviour[] {
  ledger.block = {height: ledger.block.height + 1n, time: ledger.block.time + 1n};
  const context = {chainId: TEST_CHAIN, block: ledger.block, ports: TEST_PORTS, misbehaviour};
  const executed = executeBlock(ledger.state, context, []);
  ledger.appHash = ledger.state.apply(executed.changes, executed.leaves);
  return executed.misbehaviour;
}
const recorded = (one: ProvenMisbehaviour) => load(ledger.state, SLOTS.misbehaviour, partsOf(one));
const count = () => load(ledger.state, SLOTS.misbehaviourCount, [address])?.count;

test('is written with the block that proves it, and changes the app hash', () => {
  const before = ledger.appHash;
  block();
  expect(ledger.appHash).toEqual(before);
  expect(block(vote)).toEqual([vote]);
  expect(recorded(vote)).toMatchObject({kind: 1, height: 5n, time: 1_700_000_000n, power: 10n, recordedAtHeight: 2n});
  expect(count()).toBe(1);
  expect(ledger.appHash).not.toEqual(before);
});

test('once, however often it comes', () => {
  expect(block(vote, vote)).toHaveLength(1);
  const after = ledger.appHash;
  expect(block({...vote, power: 99n})).toEqual([]);
  expect(ledger.appHash).toEqual(after);
  expect(recorded(vote)).toMatchObject({power: 10n, recordedAtHeight: 1n});
});

test('by height and kind, in whatever order they come', () => {
  const others = [vote, {...vote, height: 6n}, {...vote, kind: 2}, {...vote, height: 2n ** 63n - 1n}];
  block(...others);
  const {appHash} = ledger;
  expect([count(), ...others.map((one) => recorded(one)?.height)]).toEqual([4, 5n, 6n, 5n, 2n ** 63n - 1n]);
  ledger = new TestLedger();
  block(...others.toReversed());
  expect(ledger.appHash).toEqual(appHash);
});

test('of validators of the genesis alone, and of kinds that are known', () => {
  const {appHash} = ledger;
  const strange = [
    {...vote, address: new Uint8Array(20)},
    {...vote, address: new Uint8Array(0)},
    {...vote, kind: 0},
    {...vote, kind: 3},
    {...vote, kind: 257},
  ];
  expect(block(...strange)).toEqual([]);
  expect(ledger.appHash).toEqual(appHash);
});

test('a thousand times of one validator, then never again', () => {
  const many = Array.from({length: 1_003}, (_, i) => ({...vote, height: BigInt(i + 1)}));
  expect(block(...many)).toHaveLength(1_000);
  expect(block({...vote, height: 5_000n})).toEqual([]);
  expect(count()).toBe(1_000);
});
