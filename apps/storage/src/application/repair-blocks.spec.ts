import {sampleRecord} from '../../test/support/sample-records.js';
import type {BlockPeer, ReleasableRecord} from './ports.js';
import {RepairBlocks} from './repair-blocks.js';

const sample = sampleRecord();
const record: ReleasableRecord = {
  ...sample,
  packRoot: 'root',
  ciphertextBytes: sample.ciphertext.length,
  logIndex: 0n,
  deviceKey: new Uint8Array(),
};

/** A peer with a damaged copy, and a cluster that mends it by `rewrite`. */
function world(mends = true) {
  const copies = new Map([
    [0, false],
    [1, false],
  ]);
  const told: string[] = [];
  const rewritten: string[] = [];
  const kept = new Map<string, string>();
  let failure: Error | undefined;
  const peer = (index: number): BlockPeer => ({
    index,
    blockGet: () =>
      Promise.resolve(
        copies.get(index) === true ? {outcome: 'served', bytes: sample.ciphertext} : {outcome: 'corrupt'},
      ),
  });
  const repair = new RepairBlocks(
    {
      timeoutMs: 10,
      lease: {owner: 'spec', ms: 60_000},
      onRepaired: (_record, index) => told.push(`repaired ${String(index)}`),
      onFailed: (_record, index, why) =>
        told.push(`failed ${String(index)}: ${why instanceof Error ? why.message : String(why)}`),
    },
    {
      roots: {
        keepUntil: (cid, {owner}) => Promise.resolve(void kept.set(cid, owner)),
        forget: (cid) => Promise.resolve(void kept.delete(cid)),
      },
      packs: {
        rewrite: (root, {cid, bytes}) => {
          if (failure !== undefined) return Promise.reject(failure);
          rewritten.push(`${root} ${cid} ${String(bytes.length)}`);
          if (mends) for (const index of copies.keys()) copies.set(index, true);
          return Promise.resolve();
        },
      },
    },
  );
  return {repair, peer, told, rewritten, kept, fail: (error: Error | undefined) => (failure = error)};
}

describe('RepairBlocks', () => {
  it('writes the good bytes anew and looks whether the peer gives them now', async () => {
    const {repair, peer, told, rewritten, kept} = world();
    repair.execute(record, peer(0), sample.ciphertext);
    await repair.drain();
    expect(kept.size).toBe(0);
    expect([rewritten, told]).toEqual([[`root ${record.cid} ${String(sample.ciphertext.length)}`], ['repaired 0']]);
  });

  it('tells when the copy stays damaged, or the cluster is away, and goes on with the next', async () => {
    const bad = world(false);
    bad.repair.execute(record, bad.peer(1), sample.ciphertext);
    await bad.repair.drain();
    expect(bad.told).toEqual(['failed 1: corrupt']);
    const away = world();
    away.fail(new Error('away'));
    away.repair.execute(record, away.peer(0), sample.ciphertext);
    await away.repair.drain();
    // It may be pinned: the sweep finds it.
    expect([...away.kept]).toEqual([[record.cid, 'spec']]);
    away.fail(undefined);
    away.repair.execute(record, away.peer(0), sample.ciphertext);
    await away.repair.drain();
    expect(away.told).toEqual(['failed 0: away', 'repaired 0']);
  });

  it('has each copy in hand once', async () => {
    const {repair, peer, rewritten} = world();
    for (let i = 0; i < 3; i++) repair.execute(record, peer(0), sample.ciphertext);
    repair.execute(record, peer(1), sample.ciphertext);
    await repair.drain();
    expect(rewritten).toHaveLength(2);
  });

  it('begins none that waits when it stops', async () => {
    const {repair, peer, rewritten} = world();
    for (let i = 0; i < 5; i++) repair.execute({...record, cid: `c${String(i)}`}, peer(0), sample.ciphertext);
    repair.stop();
    await repair.drain();
    expect(rewritten).toHaveLength(0);
  });

  it('takes a hundred at the most, and nothing of a record that is in no pack', async () => {
    const {repair, peer, rewritten} = world();
    for (let i = 0; i < 150; i++) repair.execute({...record, cid: `c${String(i)}`}, peer(0), sample.ciphertext);
    repair.execute({...record, packRoot: undefined}, peer(1), sample.ciphertext);
    await repair.drain();
    expect(rewritten).toHaveLength(100);
  });
});
