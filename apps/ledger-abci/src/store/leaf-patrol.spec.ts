import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {toHex} from '@vitalvault/contracts';
import {scratchDir} from '../../test/scratch-ledger.js';
import {PlainBlocks, StoredChain, WITHOUT_SYNC} from '../../test/stored-chain.js';
import {LeafPatrol} from './leaf-patrol.js';
import {StoreError} from './store-error.js';

const leaf = (byte: number) => new Uint8Array(40).fill(byte);

test('finds a damaged leaf under a snapshot that nobody asks for, names its file, and no more when it is healed', async () => {
  const dir = scratchDir();
  const plain = new PlainBlocks();
  const options = {dir: dir.path, snapshotBlocks: 4, calls: WITHOUT_SYNC};
  const chain = new StoredChain(options);
  for (let height = 1; height <= 9; height++) {
    chain.commit(plain.add([leaf(height)]));
    await chain.store.idle();
  }
  await chain.close();
  const [oldest = ''] = readdirSync(dir.path)
    .filter((name) => name.endsWith('.vvc'))
    .sort();
  const path = join(dir.path, oldest);
  const bytes = readFileSync(path);
  const at = bytes.lastIndexOf(leaf(2));
  expect(at).toBeGreaterThan(0);
  writeFileSync(path, Buffer.from(bytes).fill(0xff, at, at + 1));

  const again = new StoredChain(options);
  expect(again.recovered.refusedSnapshots).toEqual([]);
  const patrol = new LeafPatrol(() => again.patrolled());
  patrol.step(1);
  expect(patrol.state).toEqual({damaged: undefined, rounds: 0});
  patrol.step(1);
  expect(patrol.state.damaged).toMatchObject({count: 1, first: expect.stringContaining(oldest) as string});
  patrol.step(100);
  expect(patrol.state).toMatchObject({damaged: {count: 1}, rounds: 1});
  writeFileSync(path, bytes);
  patrol.step(100);
  expect(patrol.state).toEqual({damaged: undefined, rounds: 2});
  await again.close();
  dir.remove();
});

test('goes on over leaves that came meanwhile, and through what is no damage only by an error', () => {
  let size = 1;
  const read: number[] = [];
  const patrol = new LeafPatrol(() => [{size, read: (index) => read.push(index)}]);
  patrol.step(5);
  size = 3;
  patrol.step(5);
  expect(read).toEqual([0, 0, 1, 2]);
  const broken = new LeafPatrol(() => [{size: 1, read: () => toHex(undefined as never)}]);
  expect(() => {
    broken.step(1);
  }).toThrow(TypeError);
  const damaged = new LeafPatrol(() => [
    {
      size: 1,
      read: () => {
        throw new StoreError('a leaf is damaged');
      },
    },
  ]);
  damaged.step(3);
  expect(damaged.state.damaged).toEqual({first: 'a leaf is damaged', count: 1});
});
