import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {decodeCanonical, toHex} from '@vitalvault/contracts';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {sampleRecord} from '../../test/support/sample-records.js';
import type {BlockPeer, ReleasableRecord} from './ports.js';
import {ReadCiphertext} from './read-ciphertext.js';

type Outcome = 'served' | 'corrupt' | 'missing' | 'timeout';
const sample = sampleRecord();
const record: ReleasableRecord = {
  ...sample,
  packRoot: 'root',
  ciphertextBytes: sample.ciphertext.length,
  logIndex: 0n,
  deviceKey: new Uint8Array(),
};

function world(...outcomes: Outcome[]) {
  const stores = new MemoryStores(() => 0);
  const [asked, recovered, served, limits]: [number[], string[], number[], number[]] = [[], [], [], []];
  const repaired: [number, Uint8Array][] = [];
  let now = 0;
  const peers = outcomes.map((outcome, index): BlockPeer => ({
    index,
    blockGet: (_cid, {timeoutMs}) => {
      asked.push(index);
      limits.push(timeoutMs);
      if (outcome === 'timeout') now += timeoutMs;
      return Promise.resolve(outcome === 'served' ? {outcome, bytes: sample.ciphertext} : {outcome});
    },
  }));
  const read = new ReadCiphertext(
    {
      timeoutMs: 5_000,
      now: () => now,
      traceparent: () => undefined,
      onServed: (_record, peer) => served.push(peer),
      onCorrupt: () => undefined,
    },
    {
      peers,
      records: stores,
      repair: {execute: (_record, {index}, bytes) => void repaired.push([index, bytes])},
      packs: {
        pin: () => Promise.reject(new Error('no')),
        rewrite: () => Promise.reject(new Error('no')),
        recover: (root) => Promise.resolve(void recovered.push(root)),
      },
    },
  );
  return {read, asked, recovered, repaired, served, stores, limits};
}

describe('ReadCiphertext', () => {
  it('asks the own peer first, and nobody else when it serves', async () => {
    const {read, asked, served} = world('served', 'served');
    expect(await read.execute(record)).toEqual(sample.ciphertext);
    expect([asked, served]).toEqual([[0], [0]]);
  });

  it('never hands on a damaged block: the next peer, an alert with the CID, the copy is repaired from the good one', async () => {
    const {read, served, recovered, repaired, stores} = world('corrupt', 'missing', 'served');
    expect(await read.execute(record)).toEqual(sample.ciphertext);
    expect([served, repaired, recovered]).toEqual([[2], [[0, sample.ciphertext]], []]);
    const alert = decodeCanonical(AlertSchema, stores.alerts[0]?.value ?? new Uint8Array());
    expect([alert.kind, toHex(alert.patient), toHex(alert.subject)]).toEqual([
      AlertKind.STORAGE_CORRUPT,
      sample.patient,
      `01551220${toHex(sample.ciphertextHash)}`,
    ]);
  });

  it('tells a record that is lost from one that cannot be reached now', async () => {
    const lost = world('corrupt', 'missing');
    await expect(lost.read.execute(record)).rejects.toMatchObject({code: 'record-lost'});
    expect([lost.repaired, lost.recovered]).toEqual([[], ['root']]);
    await expect(world('corrupt', 'timeout').read.execute(record)).rejects.toMatchObject({code: 'ipfs-unavailable'});
  });

  it('a peer that hangs leaves time for the next, all within the limit', async () => {
    const {read, limits, served} = world('timeout', 'timeout', 'served');
    await read.execute(record);
    expect(served).toEqual([2]);
    expect(limits[0]).toBeLessThan(5_000);
    expect(limits.reduce((sum, limit) => sum + limit, 0)).toBeLessThanOrEqual(5_001);
  });

  it('an alert that cannot be queued stops the reading', async () => {
    const {read, stores} = world('corrupt', 'served');
    stores.alert = () => Promise.reject(new Error('database away'));
    await expect(read.execute(record)).rejects.toThrow('database away');
  });
});
