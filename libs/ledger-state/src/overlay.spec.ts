import {fromBinary} from '@bufbuild/protobuf';
import {encodeCanonical, STATE_KIND} from '@vitalvault/contracts';
import {UsedKeysSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {Frontier, leafHash} from '@vitalvault/proofs';
import {MemoryState, PEOPLE, TEST_PORTS} from '../testing/index.js';
import {CorruptStateError, Overlay} from './overlay.js';
import {load, save, SLOTS} from './state-slots.js';

const {sha256} = TEST_PORTS;
const patient = PEOPLE.patient.id;
const log = STATE_KIND.recordLog;
const leaf = (number: number): Uint8Array => Uint8Array.of(number, number);

/** A state whose record log of one patient has three leaves. */
function grown(): MemoryState {
  const state = new MemoryState();
  const overlay = new Overlay(state, sha256);
  save(overlay, SLOTS.stateSize, [], {keys: 0n, leaves: 0n, promised: 0n, unpaid: 0n, organisations: []});
  for (let i = 0; i < 3; i++) overlay.append(log, patient, leaf(i));
  const {changes, leaves} = overlay.finish();
  state.apply(changes, leaves);
  return state;
}

test('a log has the size that the authenticated map says, and its own leaves', () => {
  const overlay = new Overlay(grown(), sha256);
  const fork = overlay.fork();
  expect(fork.logSize(log, patient)).toBe(3n);
  fork.append(log, patient, leaf(3));
  expect([fork.logSize(log, patient), overlay.logSize(log, patient)]).toEqual([4n, 3n]);
  overlay.absorb(fork);
  expect(overlay.logSize(log, patient)).toBe(4n);
  expect(overlay.logSize(STATE_KIND.accessLog, patient)).toBe(0n);
});

test('leaves come with their hashes, and the head is that of the whole log', () => {
  const state = grown();
  const overlay = new Overlay(state, sha256);
  overlay.append(log, patient, leaf(3));
  const {changes, leaves} = overlay.finish();
  expect(leaves).toEqual([{kind: log, patient, index: 3n, leaf: leaf(3), hash: leafHash(leaf(3))}]);
  const whole = [0, 1, 2, 3].reduce((frontier, i) => frontier.append(leafHash(leaf(i))), Frontier.empty);
  const head = changes.find(({kind}) => kind === log)?.value ?? new Uint8Array();
  expect(fromBinary(SLOTS.recordLog.schema, head)).toMatchObject({size: 4n, root: whole.root()});
});

test.each<[string, Frontier]>([
  ['is empty', Frontier.empty],
  ['has other leaves', [7, 8, 9].reduce((frontier, i) => frontier.append(leafHash(leaf(i))), Frontier.empty)],
  ['has one leaf less', [0, 1].reduce((frontier, i) => frontier.append(leafHash(leaf(i))), Frontier.empty)],
])('a frontier that %s makes no block', (_how, frontier) => {
  const state = grown();
  const overlay = new Overlay({get: (kind, parts) => state.get(kind, parts), frontier: () => frontier}, sha256);
  overlay.append(log, patient, leaf(3));
  expect(() => overlay.finish()).toThrow(CorruptStateError);
});

test('a fork is not finished', () => {
  expect(() => new Overlay(grown(), sha256).fork().finish()).toThrow('absorbed');
});

describe('a value is decoded once', () => {
  test('and nobody writes into it', () => {
    const overlay = new Overlay(grown(), sha256);
    const first = load(overlay.fork(), SLOTS.recordLog, [patient]);
    expect(load(overlay, SLOTS.recordLog, [patient])).toBe(first);
    expect(() => Object.assign(first ?? {}, {size: 9n})).toThrow(TypeError);
  });

  test('a new value is another one, and a fork that is dropped leaves nothing behind', () => {
    const overlay = new Overlay(grown(), sha256);
    const fork = overlay.fork();
    save(fork, SLOTS.recordLog, [patient], {size: 9n, root: new Uint8Array(32)});
    expect([load(fork, SLOTS.recordLog, [patient])?.size, load(overlay, SLOTS.recordLog, [patient])?.size]).toEqual([
      9n,
      3n,
    ]);
  });

  test('the same bytes under another kind are another message', () => {
    const shared = Uint8Array.of(8, 1);
    const overlay = new Overlay({get: () => shared, frontier: () => Frontier.empty}, sha256);
    expect(load(overlay, SLOTS.bucket, [patient])?.$typeName).toBe('vitalvault.ledger.v1.Bucket');
    expect(load(overlay, SLOTS.readsUsed, [patient])?.$typeName).toBe('vitalvault.ledger.v1.ReadsUsed');
  });

  // Another large value with each transaction: the names of all keys that a patient used.
  test.each([2, 20_000])('however many of %s bytes are asked for, a few megabytes are kept', (length) => {
    const value = encodeCanonical(UsedKeysSchema, {epochs: new Uint8Array(length), encryption: new Uint8Array(0)});
    const overlay = new Overlay({get: () => value.slice(), frontier: () => Frontier.empty}, sha256);
    for (let i = 0; i < 5_000; i++) load(overlay, SLOTS.usedKeys, [patient]);
    const kept = [...keptBy(overlay).keys()];
    expect(kept.length).toBeGreaterThan(1);
    expect(kept.length).toBeLessThanOrEqual(4_096);
    expect(kept.reduce((sum, bytes) => sum + bytes.length, 0)).toBeLessThanOrEqual(4 << 20);
  });
});

function keptBy(overlay: Overlay): Map<Uint8Array, unknown> {
  return (overlay as unknown as {messages: {messages: Map<Uint8Array, unknown>}}).messages.messages;
}
