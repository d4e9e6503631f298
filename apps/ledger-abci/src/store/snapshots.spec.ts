import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {toHex, sha256Of} from '@vitalvault/contracts';
import {encodeStateKey} from '@vitalvault/proofs';
import {seededRandom} from '@vitalvault/testkit';
import {PlainBlocks, StoredChain, WITHOUT_SYNC} from '../../test/stored-chain.js';
import {scratchDir} from '../../test/scratch-ledger.js';
import {CommittedState} from './committed-state.js';
import type {FrozenState} from './frozen-state.js';
import type {StoreOptions} from './ledger-store.js';
import type {SnapshotOutcome} from './snapshots.js';

let root: ReturnType<typeof scratchDir>;
const chains: StoredChain[] = [];
beforeEach(() => {
  root = scratchDir();
});
afterEach(async () => {
  for (const chain of chains.splice(0)) await chain.close();
  root.remove();
});
function open(options: Partial<StoreOptions> = {}, name = 'dir'): StoredChain {
  const chain = new StoredChain({dir: join(root.path, name), snapshotBlocks: 2, calls: WITHOUT_SYNC, ...options});
  chains.push(chain);
  return chain;
}
async function close(chain: StoredChain): Promise<void> {
  chains.splice(chains.indexOf(chain), 1);
  await chain.close();
}
const snapshotsOf = (name = 'dir'): number[] =>
  readdirSync(join(root.path, name))
    .filter((file) => file.endsWith('.vvs'))
    .map((file) => Number(file.slice(9, 25)));

describe('a frozen state', () => {
  const seed = 'frozen-1';
  const pool = Buffer.from(seededRandom(seed)(100_000));
  let at = 0;
  const random = (length: number): Uint8Array => {
    at = (at + length) % (pool.length - 100);
    return Uint8Array.from(pool.subarray(at, at + length));
  };
  const below = (most: number): number => Buffer.from(random(4)).readUInt32LE() % most;
  const place = {segment: 1, offset: 0, length: 1};

  function change(state: CommittedState): void {
    const key = encodeStateKey(5, [Uint8Array.of(below(60))]);
    state.setValues([{key, value: below(3) === 0 ? undefined : random(4)}]);
    state.appendLeaf(15, Uint8Array.of(below(20)), random(32), place);
  }

  function contents(frozen: FrozenState, between: () => void): [Map<string, string>, Map<string, number>] {
    const [values, logs] = [new Map<string, string>(), new Map<string, number>()];
    for (const {name, value} of frozen.values()) {
      values.set(name, toHex(value));
      between();
    }
    for (const {log, size} of frozen.logs()) {
      logs.set(toHex(log.patient), size);
      between();
    }
    return [values, logs];
  }

  test('is what it was, however the living one changes while it is read', () => {
    for (let round = 0; round < 200; round++) {
      const state = new CommittedState(sha256Of);
      for (let i = below(80); i > 0; i--) change(state);
      const expected = contents(state.freeze(), () => undefined);
      state.thaw();
      const frozen = state.freeze();
      for (let i = below(10); i > 0; i--) change(state);
      const found = contents(frozen, () => {
        for (let i = below(4); i > 0; i--) change(state);
      });
      expect([seed, round, found]).toEqual([seed, round, expected]);
    }
  });
});

test('blocks go on while a snapshot is written, and a start from it comes out at the same app hash', async () => {
  const plain = new PlainBlocks();
  const outcomes: SnapshotOutcome[] = [];
  const chain = open({snapshotBlocks: 4, report: (outcome) => outcomes.push(outcome)});
  for (let height = 1; height <= 4; height++)
    chain.commit(plain.add(Array.from({length: 60}, (_, i) => new Uint8Array(1_200).fill(height + i))));
  for (let height = 5; height <= 7; height++) {
    chain.commit(plain.add([new Uint8Array(20_000).fill(height)]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(outcomes).toEqual([]);
  await chain.store.idle();
  expect(outcomes).toMatchObject([{height: 4n}]);
  await close(chain);
  const again = open({snapshotBlocks: 4});
  expect([again.recovered.tip?.height, again.recovered.blocksInTail]).toEqual([7n, 3]);
  expect(again.readLeaves().map((leaf) => Buffer.from(leaf).toString('hex'))).toEqual(plain.leaves.map(toHex));
});

test('validators write theirs at different heights, and each keeps to its own after a start', async () => {
  const plain = new PlainBlocks();
  for (let height = 1; height <= 120; height++) plain.add([]);
  const heights = [];
  for (const name of ['a', 'b', 'c', 'd']) {
    const options = {snapshotBlocks: 40, snapshotRemainder: undefined as never};
    let chain = open(options, name);
    for (const block of plain.blocks.slice(0, 60)) {
      chain.commit(block);
      await chain.store.idle();
    }
    await close(chain);
    chain = open(options, name);
    for (const block of plain.blocks.slice(60)) {
      chain.commit(block);
      await chain.store.idle();
    }
    await close(chain);
    const [first = 0, second = 0] = snapshotsOf(name).sort((x, y) => x - y);
    expect(second - first).toBe(40);
    heights.push(first);
  }
  expect(new Set(heights).size).toBeGreaterThan(1);
});

test('one that cannot be written is told, costs no block, and the next one is written', async () => {
  const plain = new PlainBlocks();
  const outcomes: SnapshotOutcome[] = [];
  let isFull = true;
  const chain = open({
    report: (outcome) => outcomes.push(outcome),
    calls: {
      ...WITHOUT_SYNC,
      syncLater: () => (isFull ? Promise.reject(new Error('ENOSPC: no space left on device')) : Promise.resolve()),
    },
  });
  for (let height = 1; height <= 4; height++) {
    chain.commit(plain.add([Uint8Array.of(height)]));
    await chain.store.idle();
    isFull = height < 3;
  }
  expect(outcomes).toMatchObject([{height: 2n, error: {message: 'ENOSPC: no space left on device'}}, {height: 4n}]);
  expect(snapshotsOf()).toEqual([4]);
});

test('how long a snapshot holds up the process, printed', async () => {
  const plain = new PlainBlocks();
  const keys = process.env.LARGE === '1' ? 1_000_000 : 100_000;
  let outcome: SnapshotOutcome | undefined;
  const chain = open({
    snapshotBlocks: 2,
    report: (one) => {
      outcome = one;
    },
  });
  chain.commit(plain.add([Uint8Array.of(1)]));
  const value = new Uint8Array(100);
  chain.state.setValues(Array.from({length: keys}, (_, i) => ({key: encodeStateKey(9, [Buffer.from(`${i}`)]), value})));
  const begin = performance.now();
  chain.commit(plain.add([Uint8Array.of(2)]));
  const commit = performance.now() - begin;
  // Turns that the process took for other things meanwhile.
  let turns = 0;
  const count = setInterval(() => turns++, 1);
  await chain.store.idle();
  clearInterval(count);
  const {milliseconds, longestMilliseconds, bytes} = outcome as Extract<SnapshotOutcome, {bytes: number}>;
  process.stdout.write(
    `snapshot of ${keys} keys, ${bytes} bytes: ${milliseconds.toFixed(0)} ms in all, at most ${longestMilliseconds.toFixed(1)} ms at a time, Commit ${commit.toFixed(1)} ms\n`,
  );
  expect(turns).toBeGreaterThan(10);
  expect(commit).toBeLessThan(milliseconds);
}, 120_000);
