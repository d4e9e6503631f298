import {cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {toHex} from '@vitalvault/contracts';
import {seededRandom} from '@vitalvault/testkit';
import {hostileContents, PlainBlocks, StoredChain, WITHOUT_SYNC} from '../../test/stored-chain.js';
import {scratchDir} from '../../test/scratch-ledger.js';
import {StoreError} from './store-error.js';

/** `SWEEP_CASES=all`: every byte of every file, each flipped and cut there; a number: as many of them. */
const wanted = process.env.SWEEP_CASES ?? '200';
const seed = process.env.SWEEP_SEED ?? 'sweep-1';
const BLOCKS = 11;
const options = {snapshotBlocks: 4, calls: WITHOUT_SYNC};

interface Damage {
  readonly file: string;
  readonly at: number;
  /** Which bit turns; undefined: the file ends here. */
  readonly bit: number | undefined;
}

const root = scratchDir();
const [dir, other, copy] = ['dir', 'other', 'copy'].map((name) => join(root.path, name)) as [string, string, string];
const plain = new PlainBlocks();
let damages: Damage[];

beforeAll(async () => {
  const foreign = new StoredChain({dir: other, ...options});
  const strange = new PlainBlocks();
  for (let height = 1; height <= 5; height++) foreign.commit(strange.add([new Uint8Array(30).fill(height)]));
  await foreign.close();
  const chain = new StoredChain({dir, ...options});
  for (let height = 1; height <= BLOCKS; height++) {
    chain.commit(plain.add(hostileContents([dir, other], `${seed}/${height}`)));
    await chain.store.idle();
  }
  await chain.close();
  damages = sampled(
    readdirSync(dir).flatMap((file) => {
      const bytes = readFileSync(join(dir, file)).length;
      return Array.from({length: bytes}, (_, at) => [
        {file, at, bit: at % 8},
        {file, at, bit: undefined},
      ]).flat();
    }),
  );
});
afterAll(() => {
  root.remove();
});

function sampled(all: readonly Damage[]): Damage[] {
  if (wanted === 'all') return [...all];
  const random = seededRandom(seed);
  return Array.from({length: Number(wanted)}, () => all[Buffer.from(random(4)).readUInt32LE() % all.length] as Damage);
}

function make({file, at, bit}: Damage): void {
  rmSync(copy, {recursive: true, force: true});
  cpSync(dir, copy, {recursive: true});
  const path = join(copy, file);
  if (bit === undefined) {
    truncateSync(path, at);
    return;
  }
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  writeFileSync(path, bytes);
}

/** @throws what is neither healed nor refused */
async function outcome(damage: Damage): Promise<string> {
  make(damage);
  let chain: StoredChain;
  try {
    chain = new StoredChain({dir: copy, ...options});
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return saysHow(error.message, damage);
  }
  const {tip, refusedSnapshots, cutBytes} = chain.recovered;
  expect(toHex(tip?.appHash ?? new Uint8Array())).toBe(
    tip === undefined ? '' : plain.blocks[Number(tip.height) - 1]?.appHash,
  );
  expect(chain.replay(plain.blocks)).toEqual(plain.blocks.slice(Number(tip?.height ?? 0)).map(({appHash}) => appHash));
  const refused = chain.readLeaves().flatMap((leaf, i) => {
    if (typeof leaf === 'string') return [saysHow(leaf, damage)];
    expect(toHex(leaf)).toBe(toHex(plain.leaves[i] ?? new Uint8Array()));
    return [];
  });
  await chain.close();
  if (refused.length > 0) return 'started, a leaf refused';
  if (refusedSnapshots.length > 0) return 'healed by another snapshot';
  return cutBytes > 0 ? 'healed by replay' : 'nothing lost';
}

/** A refusal names the file and the way out. */
function saysHow(message: string, {file}: Damage): string {
  expect(message).toContain(basename(file));
  expect(message).toContain(
    'restore the state directory from a backup, or delete it and let CometBFT replay every block',
  );
  return 'refused';
}

test(
  'whatever byte is damaged: healed, or refused with the way out, and never another answer',
  async () => {
    const counts = new Map<string, number>();
    for (const damage of damages) {
      const found = await outcome(damage).catch((error: unknown) => {
        throw new Error(`${JSON.stringify(damage)}, seed ${seed}`, {cause: error});
      });
      counts.set(found, (counts.get(found) ?? 0) + 1);
    }
    process.stdout.write(`${damages.length} damages, seed ${seed}: ${JSON.stringify(Object.fromEntries(counts))}\n`);
    expect([...counts.keys()].sort()).toEqual([
      'healed by another snapshot',
      'healed by replay',
      'nothing lost',
      'refused',
      'started, a leaf refused',
    ]);
  },
  wanted === 'all' ? 3_600_000 : 180_000,
);
