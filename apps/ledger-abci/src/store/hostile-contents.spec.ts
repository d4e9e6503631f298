import {
  appendFileSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import {join} from 'node:path';
import {hostileContents, PlainBlocks, StoredChain, WITHOUT_SYNC} from '../../test/stored-chain.js';
import {scratchDir} from '../../test/scratch-ledger.js';
import {encodeBlock} from './committed-block.js';
import {frameRecord} from './record-chain.js';

const dirs: ReturnType<typeof scratchDir>[] = [];
const chains: StoredChain[] = [];
afterEach(async () => {
  for (const chain of chains.splice(0)) await chain.close();
  for (const dir of dirs.splice(0)) dir.remove();
});
const scratch = (): string => {
  const dir = scratchDir();
  dirs.push(dir);
  return dir.path;
};
function open(dir: string): StoredChain {
  const chain = new StoredChain({dir, snapshotBlocks: 1_000, calls: WITHOUT_SYNC});
  chains.push(chain);
  return chain;
}
async function close(chain: StoredChain): Promise<void> {
  chains.splice(chains.indexOf(chain), 1);
  await chain.close();
}
const changelog = (dir: string): string =>
  join(
    dir,
    readdirSync(dir)
      .filter((name) => name.endsWith('.vvc'))
      .sort()
      .at(-1) ?? '',
  );

test('records of this chain, of another and such as would come next, inside of what is torn: cut, nothing else', async () => {
  const [dir, other] = [scratch(), scratch()];
  const [plain, foreign] = [new PlainBlocks(), new PlainBlocks()];
  const otherChain = open(other);
  for (let height = 1; height <= 4; height++) otherChain.commit(foreign.add([new Uint8Array(30).fill(height)]));
  let chain = open(dir);
  for (let height = 1; height <= 3; height++) chain.commit(plain.add(hostileContents([dir, other], `t${height}`)));
  const before = readFileSync(changelog(dir));
  // Whoever knows the directory's chain writes what continues it, and what would continue that.
  const fake = encodeBlock(
    {height: 4n, time: 4n, appHash: new Uint8Array(32), chainId: 'stored-chain', changes: []},
    [],
  );
  const checksum = new Uint8Array(before.subarray(81 + 4, 81 + 36));
  const last = frameRecord(checksum, fake.bytes);
  const known = (chain.store as unknown as {checksum: Uint8Array}).checksum;
  const next = frameRecord(known, fake.bytes);
  chain.commit(
    plain.add([
      last.bytes,
      next.bytes,
      frameRecord(next.checksum, fake.bytes).bytes,
      ...hostileContents([dir, other], 'x'),
    ]),
  );
  await close(chain);
  const whole = readFileSync(changelog(dir));
  for (let at = before.length; at < whole.length; at += 1 + (at % 41)) {
    writeFileSync(changelog(dir), whole.subarray(0, at));
    chain = open(dir);
    expect([at, chain.recovered.tip?.height, chain.recovered.cutBytes]).toEqual([at, 3n, at - before.length]);
    expect(chain.replay(plain.blocks)).toEqual([plain.blocks[3]?.appHash]);
    await close(chain);
    expect(readFileSync(changelog(dir)).equals(whole)).toBe(true);
  }
});

test('a whole record of another directory, where the next one belongs, is cut off', async () => {
  const [dir, other] = [scratch(), scratch()];
  const plain = new PlainBlocks();
  for (let height = 1; height <= 4; height++) plain.add([Uint8Array.of(height)]);
  const [chain, elsewhere] = [open(dir), open(other)];
  for (const block of plain.blocks.slice(0, 3)) {
    chain.commit(block);
    elsewhere.commit(block);
  }
  const size = readFileSync(changelog(other)).length;
  // What this directory would have at this height, but that it was never written here.
  elsewhere.commit(plain.blocks[3] as (typeof plain.blocks)[number]);
  await close(chain);
  const next = readFileSync(changelog(other)).subarray(size);
  appendFileSync(changelog(dir), next);
  const again = open(dir);
  expect([again.recovered.tip?.height, again.recovered.cutBytes]).toEqual([3n, next.length]);
  expect(again.replay(plain.blocks)).toEqual([plain.blocks[3]?.appHash]);
});

test('recovery is linear in what is damaged: 64 MiB of beginnings of records take no time', async () => {
  const dir = scratch();
  const plain = new PlainBlocks();
  const chain = open(dir);
  chain.commit(plain.add([Uint8Array.of(1)]));
  await close(chain);
  const size = readFileSync(changelog(dir)).length;
  const fd = openSync(changelog(dir), 'r+');
  const frame = Buffer.alloc(1 << 20);
  for (let at = 0; at + 8 <= frame.length; at += 8) frame.write('VVR1\xff\xff\xff\x02', at, 'latin1');
  for (let i = 0; i < 64; i++) writeSync(fd, frame, 0, frame.length, size + i * frame.length);
  closeSync(fd);
  const start = Date.now();
  const again = open(dir);
  expect(again.recovered.cutBytes).toBe(64 << 20);
  expect(Date.now() - start).toBeLessThan(5_000);
});

test('a length that is damaged takes no memory: gigabytes behind it are neither held nor waited for', async () => {
  const dir = scratch();
  const plain = new PlainBlocks();
  const chain = open(dir);
  chain.commit(plain.add([Uint8Array.of(1)]));
  await close(chain);
  const path = changelog(dir);
  const good = readFileSync(path);
  for (const length of [0xffff_ffff, 0x7fff_ffff, (256 << 20) + 1, 256 << 20]) {
    const frame = Buffer.alloc(36);
    frame.writeUInt32LE(length);
    writeFileSync(path, Buffer.concat([good, frame]));
    truncateSync(path, 5 * 2 ** 30);
    const before = process.memoryUsage().rss;
    const again = open(dir);
    expect(again.recovered.cutBytes).toBe(5 * 2 ** 30 - good.length);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 << 20);
    await close(again);
  }
});

test('a newest changelog of zeros, or with no good record, is begun anew', async () => {
  for (const length of [0, 8, 40, 80, 81, 5_000]) {
    const dir = scratch();
    const plain = new PlainBlocks();
    for (let height = 1; height <= 3; height++) plain.add([Uint8Array.of(height)]);
    const chain = new StoredChain({dir, snapshotBlocks: 2});
    chains.push(chain);
    chain.replay(plain.blocks.slice(0, 2));
    await chain.store.idle();
    await close(chain);
    writeFileSync(join(dir, 'changes-0000000000000003.vvc'), new Uint8Array(length));
    const again = open(dir);
    expect([length, again.recovered.tip?.height]).toEqual([length, 2n]);
    expect(again.replay(plain.blocks)).toEqual([plain.blocks[2]?.appHash]);
    await close(again);
  }
});
