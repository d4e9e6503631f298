import {join} from 'node:path';
import {toHex} from '@vitalvault/contracts';
import {FailingDisk} from '../../test/failing-disk.js';
import type {Failure} from '../../test/failing-disk.js';
import {PlainBlocks, StoredChain} from '../../test/stored-chain.js';
import {scratchDir} from '../../test/scratch-ledger.js';
import type {FileCalls} from './durable-file.js';

/** `SWEEP_CASES=all`: twenty seeds for every call. */
const seeds = process.env.SWEEP_CASES === 'all' ? 20 : 1;
const plain = new PlainBlocks();
for (let height = 1; height <= 7; height++)
  plain.add([new Uint8Array(40).fill(height), new Uint8Array(3_000).fill(height)]);

let root: ReturnType<typeof scratchDir>;
beforeAll(() => {
  root = scratchDir();
});
afterAll(() => {
  root.remove();
});

interface Life {
  /** Idle after so many blocks: a snapshot is finished then, otherwise written on. */
  readonly pace: number;
  /** Ends of its own after this height. */
  readonly to: number;
  /** What CometBFT was told before: that must be durable. */
  readonly known: number;
}

/** Runs a process until its end, or until a call fails. @returns the last height that it told CometBFT */
async function run(dir: string, calls: FileCalls, {pace, to, known}: Life): Promise<number> {
  let told = known;
  let chain: StoredChain | undefined;
  try {
    chain = new StoredChain({dir, snapshotBlocks: 2, calls});
    // Info.
    told = Number(chain.recovered.tip?.height ?? 0n);
    expect(told).toBeGreaterThanOrEqual(known);
    expect(chain.recovered.refusedSnapshots).toEqual([]);
    expect(toHex(chain.recovered.tip?.appHash ?? new Uint8Array())).toBe(plain.blocks[told - 1]?.appHash ?? '');
    while (told < to) {
      const block = plain.blocks[told] as (typeof plain.blocks)[number];
      expect(chain.commit(block)).toBe(block.appHash);
      told++;
      if (told % pace === 0) await chain.store.idle();
    }
    await chain.store.idle();
    expect(chain.readLeaves().map((leaf) => Buffer.from(leaf).toString('hex'))).toEqual(
      plain.leaves.slice(0, told * 2).map(toHex),
    );
  } catch (error) {
    if (!/^call \d+ fails|^the process is gone|^the store has failed/.test((error as Error).message)) throw error;
  } finally {
    await chain?.close().catch(() => undefined);
  }
  return told;
}

/** Lets each call of a life fail in turn. @returns how many there were */
async function sweep(failure: Failure): Promise<number> {
  let cases = 0;
  for (let seed = 1; seed <= seeds; seed++) {
    for (let failAt = 0, calls = Infinity; failAt <= calls; failAt++) {
      const name = `${failure}-${String(seed)}-${String(failAt)}`;
      calls = await oneLife(name, failAt, failure).catch((error: unknown) => {
        throw new Error(name, {cause: error});
      });
      cases++;
    }
  }
  return cases;
}

async function oneLife(name: string, failAt: number, failure: Failure): Promise<number> {
  const dir = join(root.path, name);
  const disk = new FailingDisk(dir, name);
  const pace = 1 + (failAt % 3);
  let known = await run(dir, disk.process(failAt, failure), {pace, to: 7, known: 0});
  const {calls} = disk;
  disk.end(failure);
  // One that dies while it starts; one that starts, tells its height, and the power fails.
  for (const at of [failAt % 9, Infinity]) {
    known = await run(dir, disk.process(at), {pace, to: 0, known});
    disk.end('power');
  }
  expect(await run(dir, disk.process(), {pace, to: 7, known})).toBe(7);
  return calls;
}

test.each<Failure>(['kill', 'power', 'sync'])(
  'every call of the store fails once (%s): what was told is durable, and the chain goes on with the same app hashes',
  async (failure) => {
    const cases = await sweep(failure);
    process.stdout.write(`${cases} failing calls (${failure})\n`);
    expect(cases).toBeGreaterThan(30);
  },
  seeds > 1 ? 3_600_000 : 120_000,
);
