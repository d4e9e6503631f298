import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
  fdatasyncSync,
} from 'node:fs';
import {join} from 'node:path';
import {toHex} from '@vitalvault/contracts';
import {
  anchorRecords,
  enrolPatient,
  epochStatement,
  PEOPLE,
  recordEntry,
  registerDevice,
  revokeGrant,
  TEST_CHAIN,
  TestLedger,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';
import {openLedger, scratchDir} from '../../test/scratch-ledger.js';
import type {RunningLedger} from '../../test/scratch-ledger.js';
import type {FileCalls} from './durable-file.js';
import {StoreError} from './store-error.js';

const {patient, recovery, device} = PEOPLE;
const hospital = testOrganisation('hospital');
const people = {patient, device, custodian: hospital};

/** Five blocks that touch values and both logs, and the app hash of each by the ledger in memory. */
const maker = new TestLedger();
const blocks: Uint8Array[][] = [];
const appHashes: string[] = [];
for (const make of [
  () => [maker.tx(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery])],
  () => [maker.tx(registerDevice(patient, device), [patient, device])],
  () => [
    maker.tx({case: 'publishKeys', value: {identity: patient.id, epochStatements: [epochStatement(patient)]}}, [
      patient,
    ]),
  ],
  () => [maker.tx(anchorRecords([1n, 2n, 3n].map((sequence) => recordEntry(people, {sequence}))), [hospital.storage])],
  () => [
    maker.tx(revokeGrant(patient.id), [patient]),
    maker.tx(anchorRecords([recordEntry(people, {sequence: 4n})]), [hospital.storage]),
  ],
]) {
  const txs = make();
  maker.commit(txs);
  blocks.push(txs);
  appHashes.push(toHex(maker.appHash));
}

let dir: ReturnType<typeof scratchDir>;
const opened: RunningLedger[] = [];
beforeEach(() => {
  dir = scratchDir();
});
afterEach(async () => {
  for (const ledger of opened.splice(0)) await ledger.close().catch(() => undefined);
  dir.remove();
});

async function open(options: Parameters<typeof openLedger>[1] = {}, path = dir.path): Promise<RunningLedger> {
  const ledger = await openLedger(path, options);
  opened.push(ledger);
  return ledger;
}

async function close(ledger: RunningLedger): Promise<void> {
  opened.splice(opened.indexOf(ledger), 1);
  await ledger.close();
}

/** Runs the chain up to `height` from wherever the store stands, checking every app hash. */
async function runTo(ledger: RunningLedger, height: number): Promise<void> {
  for (let next = Number(ledger.ledger.tip?.height ?? 0n); next < height; next++)
    expect(toHex(await ledger.block(blocks[next] ?? []))).toBe(appHashes[next]);
}

async function filled(height = 5, options: Parameters<typeof openLedger>[1] = {}): Promise<void> {
  const ledger = await open(options);
  await runTo(ledger, height);
  await close(ledger);
}
const changelogs = (path = dir.path): string[] =>
  readdirSync(path)
    .filter((name) => name.endsWith('.vvc'))
    .sort()
    .map((name) => join(path, name));
const first = (): string => changelogs()[0] ?? '';

test('a start finds the last committed block, its state and its logs', async () => {
  await filled();
  const {recovered, ledger} = await open();
  expect(recovered.tip?.height).toBe(5n);
  expect(toHex(recovered.tip?.appHash ?? new Uint8Array())).toBe(appHashes[4]);
  expect(toHex(recovered.state.tree.root)).toBe(appHashes[4]);
  expect([0, 1, 2, 3].map((index) => toHex(ledger.readLeaf(15, patient.id, index)))).toEqual(
    maker.state.leaves(15, patient.id).map(toHex),
  );
  expect([0, 1, 2, 3].map((index) => toHex(ledger.readLeaf(16, patient.id, index)))).toEqual(
    maker.state.leaves(16, patient.id).map(toHex),
  );
});

test('a last record torn at any byte is cut off, and replaying the block gives the same app hash', async () => {
  await filled(3);
  const whole = readFileSync(first());
  const ledger = await open();
  await runTo(ledger, 4);
  await close(ledger);
  const longer = readFileSync(first());
  const cuts = Array.from({length: longer.length - whole.length}, (_, i) => whole.length + i).filter(
    (at, i) => i < 40 || at % 61 === 0,
  );
  for (const at of cuts) {
    writeFileSync(first(), longer.subarray(0, at));
    const torn = await open();
    expect([at, torn.recovered.tip?.height, torn.recovered.cutBytes]).toEqual([at, 3n, at - whole.length]);
    await runTo(torn, 4);
    await close(torn);
    expect(readFileSync(first()).equals(longer)).toBe(true);
  }
});

test('a last record with a flipped bit is cut off like a torn one', async () => {
  await filled(3);
  const file = readFileSync(first());
  file.writeUInt8(file.readUInt8(file.length - 20) ^ 4, file.length - 20);
  writeFileSync(first(), file);
  const ledger = await open();
  expect(ledger.recovered.tip?.height).toBe(2n);
  await runTo(ledger, 5);
});

test('zeros that a file system left behind the last record are cut off', async () => {
  await filled(3);
  appendFileSync(first(), new Uint8Array(5_000));
  const ledger = await open();
  expect([ledger.recovered.tip?.height, ledger.recovered.cutBytes]).toEqual([3n, 5_000]);
  await runTo(ledger, 5);
});

test('damage before the last record: cut off from there, and CometBFT replays more than one block', async () => {
  await filled(5);
  const good = readFileSync(first());
  for (const at of [0, 3, 8, 9, 11, 12, 14, 20, 40, 81, 85, 200, Math.floor(good.length / 2)]) {
    const file = Buffer.from(good);
    file.writeUInt8(file.readUInt8(at) ^ 1, at);
    writeFileSync(first(), file);
    const ledger = await open();
    expect(Number(ledger.recovered.tip?.height ?? 0n)).toBeLessThan(5);
    expect(ledger.recovered.cutBytes).toBeGreaterThan(0);
    await runTo(ledger, 5);
    await close(ledger);
  }
});

test('a changelog of another version is refused, not taken for a torn one', async () => {
  await filled(1);
  const file = readFileSync(first());
  file.write('VVCHLG3\n', 0, 'latin1');
  writeFileSync(first(), file);
  await expect(open()).rejects.toThrow(/changes-.*\.vvc is damaged at byte 6, or was written by another version/);
});

test('a block cut out of the middle ends the chain there', async () => {
  const sizes: number[] = [];
  const ledger = await open();
  for (let height = 1; height <= 4; height++) {
    await runTo(ledger, height);
    sizes.push(readFileSync(first()).length);
  }
  await close(ledger);
  const file = readFileSync(first());
  writeFileSync(first(), Buffer.concat([file.subarray(0, sizes[0]), file.subarray(sizes[1])]));
  const healed = await open();
  expect(healed.recovered.tip?.height).toBe(1n);
  await runTo(healed, 5);
});

test('a state that does not give the recorded app hash is refused', async () => {
  await filled(2);
  const ledger = await open();
  // A bug that wrote another app hash than it answered, say.
  const {store} = ledger.ledger as unknown as {store: {append: (block: object, leaves: []) => void}};
  store.append({height: 3n, time: 3n, appHash: new Uint8Array(32), chainId: TEST_CHAIN, changes: []}, []);
  await close(ledger);
  await expect(open()).rejects.toThrow('does not give the app hash that block 3 recorded');
});

describe('a full disk', () => {
  const enospc = (): Error => Object.assign(new Error('ENOSPC: no space left on device, write'), {code: 'ENOSPC'});

  test.each([0, 1, 27, 100])(
    'after %i bytes: Commit fails, nothing more is taken, the next start stands at the block before',
    async (room) => {
      let left = Infinity;
      const calls: Partial<FileCalls> = {
        write: (fd, bytes, offset, length, position) => {
          if (left === 0) throw enospc();
          const count = Math.min(left, length);
          left -= count;
          return writeSync(fd, bytes, offset, count, position);
        },
        sync: fdatasyncSync,
      };
      const ledger = await open({calls});
      await runTo(ledger, 3);
      left = room;
      await expect(ledger.block(blocks[3] ?? [])).rejects.toThrow('ENOSPC');
      left = Infinity;
      await expect(ledger.block(blocks[3] ?? [])).rejects.toThrow('the store has failed before');
      await close(ledger);
      const again = await open();
      expect([again.recovered.tip?.height, again.recovered.cutBytes]).toEqual([3n, room]);
      await runTo(again, 5);
    },
  );

  test('a failed fdatasync is as fatal: what the kernel holds is not known', async () => {
    let fail = false;
    const ledger = await open({
      calls: {
        write: writeSync,
        sync: (fd) => {
          if (fail) throw Object.assign(new Error('EIO: i/o error, fdatasync'), {code: 'EIO'});
          fdatasyncSync(fd);
        },
      },
    });
    await runTo(ledger, 2);
    fail = true;
    await expect(ledger.block(blocks[2] ?? [])).rejects.toThrow('EIO');
    fail = false;
    await expect(ledger.block(blocks[2] ?? [])).rejects.toThrow('the store has failed before');
  });
});

describe('snapshots', () => {
  const options = {snapshotBlocks: 2};
  const snapshots = (): string[] =>
    readdirSync(dir.path)
      .filter((name) => name.endsWith('.vvs'))
      .sort();

  test('every so many blocks; the newest two are kept and every changelog', async () => {
    await filled(5, options);
    expect(snapshots()).toEqual(['snapshot-0000000000000002.vvs', 'snapshot-0000000000000004.vvs']);
    expect(changelogs().map((path) => path.slice(-12))).toEqual(['00000001.vvc', '00000003.vvc', '00000005.vvc']);
    const {recovered, ledger} = await open(options);
    expect([recovered.tip?.height, recovered.blocksInTail]).toEqual([5n, 1]);
    expect([0, 1, 2, 3].map((index) => toHex(ledger.readLeaf(15, patient.id, index)))).toEqual(
      maker.state.leaves(15, patient.id).map(toHex),
    );
  });

  test('with and without, the chain has the same app hashes', async () => {
    for (let height = 1; height <= 5; height++) await filled(height, {snapshotBlocks: 1});
    expect(toHex((await open()).recovered.state.tree.root)).toBe(appHashes[4]);
  });

  test('a damaged one: the one before and a longer tail', async () => {
    await filled(5, options);
    const newest = join(dir.path, snapshots().at(-1) ?? '');
    const file = readFileSync(newest);
    file.writeUInt8(file.readUInt8(60) ^ 1, 60);
    writeFileSync(newest, file);
    const {recovered} = await open(options);
    expect(recovered.refusedSnapshots).toEqual([
      {file: 'snapshot-0000000000000004.vvs', reason: 'it is damaged at byte 8'},
    ]);
    expect([recovered.tip?.height, recovered.blocksInTail]).toEqual([5n, 3]);
  });

  test('all damaged: every block from the changelogs', async () => {
    await filled(5, options);
    for (const name of snapshots()) truncateSync(join(dir.path, name), 20);
    expect((await open(options)).recovered).toMatchObject({blocksInTail: 5, tip: {height: 5n}});
  });

  test('killed while writing one, or before its changelog was begun', async () => {
    await filled(4, options);
    writeFileSync(join(dir.path, 'snapshot-0000000000000006.vvs.tmp'), 'half');
    const ledger = await open(options);
    expect(existsSync(join(dir.path, 'snapshot-0000000000000006.vvs.tmp'))).toBe(false);
    await runTo(ledger, 5);
    expect(changelogs()).toHaveLength(3);
  });

  test('killed while its changelog was begun', async () => {
    await filled(4, options);
    writeFileSync(join(dir.path, 'changes-0000000000000005.vvc'), 'VVC');
    const ledger = await open(options);
    await runTo(ledger, 5);
    await close(ledger);
    expect((await open(options)).recovered.tip?.height).toBe(5n);
  });

  test('a changelog that is missing behind the snapshot, or before it, is refused', async () => {
    await filled(5, options);
    const copy = join(dir.path, 'copy');
    const without = async (missing: string, damage?: string): Promise<unknown> => {
      rmSync(copy, {recursive: true, force: true});
      mkdirSync(copy);
      for (const name of readdirSync(dir.path))
        if (name !== missing && name !== 'copy') copyFileSync(join(dir.path, name), join(copy, name));
      if (damage !== undefined) truncateSync(join(copy, damage), 10);
      return open(options, copy).catch((error: unknown) => error);
    };
    // Leaves of the logs lie in it.
    expect(await without('changes-0000000000000001.vvc')).toEqual(
      StoreError.damaged(`the changelog ${join(copy, 'changes-0000000000000001.vvc')} is missing`),
    );
    expect(await without('changes-0000000000000003.vvc', 'snapshot-0000000000000004.vvs')).toBeInstanceOf(StoreError);
    // Without the newest the store is behind, and CometBFT replays.
    expect(await without('changes-0000000000000005.vvc')).toMatchObject({recovered: {tip: {height: 4n}}});
  });

  test('a leaf that was damaged on disk is not served', async () => {
    await filled(5, options);
    const path = join(dir.path, 'changes-0000000000000003.vvc');
    const file = readFileSync(path);
    const leaf = maker.state.leaves(15, patient.id)[0] ?? new Uint8Array();
    const at = file.indexOf(leaf);
    expect(at).toBeGreaterThan(0);
    file.writeUInt8(file.readUInt8(at + 30) ^ 1, at + 30);
    writeFileSync(path, file);
    const {ledger} = await open(options);
    expect(() => ledger.readLeaf(15, patient.id, 0)).toThrow(
      /a leaf is damaged at byte \d+ of .*changes-0000000000000003.vvc; restore/,
    );
  });
});

test('two processes cannot have one directory', async () => {
  await open();
  await expect(openLedger(dir.path)).rejects.toThrow('another process has the state directory');
});
