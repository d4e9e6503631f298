import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {decodeCanonical, toHex} from '@vitalvault/contracts';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {sampleRecord} from '../../test/support/sample-records.js';
import type {BlockPeer, ReleasableRecord} from './ports.js';
import {ReadCiphertext} from './read-ciphertext.js';

type Outcome = 'served' | 'corrupt' | 'missing' | 'timeout' | 'hangs';
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
  const [asked, recovered, served]: [number[], string[], number[]] = [[], [], []];
  const repaired: [number, Uint8Array][] = [];
  const clock = {ms: 0};
  const [peerIs, left]: [Outcome[], number[]] = [[...outcomes], []];
  const peers = outcomes.map((_, index): BlockPeer => ({
    index,
    blockGet: (_cid, {signal}) => {
      asked.push(index);
      const outcome = peerIs[index] as Outcome;
      if (outcome !== 'hangs')
        return Promise.resolve(outcome === 'served' ? {outcome, bytes: sample.ciphertext} : {outcome});
      // A socket that nobody closes: it ends when who asks has enough, or no time left.
      return new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          left.push(index);
          resolve({outcome: 'timeout'});
        });
      });
    },
  }));
  const read = new ReadCiphertext(
    {
      timeoutMs: 400,
      patienceMs: 20,
      now: () => clock.ms,
      traceparent: () => undefined,
      onServed: (_record, peer) => served.push(peer),
      onCorrupt: () => undefined,
    },
    {
      peers,
      records: stores,
      repair: {execute: (_record, {index}, bytes) => void repaired.push([index, bytes])},
      packs: {recover: (root) => Promise.resolve(void recovered.push(root))},
    },
  );
  return {read, asked, recovered, repaired, served, stores, clock, peerIs, left};
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

  it('calls no record lost that is still to be packed', async () => {
    const {read, recovered} = world('missing', 'missing');
    await expect(read.execute({...record, packRoot: undefined})).rejects.toMatchObject({code: 'ipfs-unavailable'});
    expect(recovered).toEqual([]);
  });

  it('tells a record that is lost from one that cannot be reached now', async () => {
    const lost = world('corrupt', 'missing');
    await expect(lost.read.execute(record)).rejects.toMatchObject({code: 'record-lost'});
    expect([lost.repaired, lost.recovered]).toEqual([[], ['root']]);
    await expect(world('corrupt', 'timeout').read.execute(record)).rejects.toMatchObject({code: 'ipfs-unavailable'});
  });

  it('a peer that hangs costs its share once, not once a record; after its rest one reading tries it', async () => {
    const {read, asked, served, clock, peerIs, left} = world('hangs', 'served');
    for (let i = 0; i < 20; i += 1) await read.execute(record);
    expect([asked.filter((peer) => peer === 0), served.filter((peer) => peer === 1).length]).toEqual([[0], 20]);
    // The question that nobody needs any more is taken back.
    expect(left).toEqual([0]);
    clock.ms = 10_000;
    await Promise.all(Array.from({length: 5}, () => read.execute(record)));
    expect(asked.filter((peer) => peer === 0)).toHaveLength(2);
    peerIs[0] = 'served';
    clock.ms = 20_000;
    asked.splice(0);
    for (let i = 0; i < 3; i += 1) await read.execute(record);
    expect(asked).toEqual([0, 0, 0]);
  });

  it('goes on past two that hang, and ends in time when all do', async () => {
    const {read, served} = world('hangs', 'hangs', 'served');
    await read.execute(record);
    expect(served).toEqual([2]);
    const nobody = world('hangs', 'hangs');
    const began = performance.now();
    await expect(nobody.read.execute(record)).rejects.toMatchObject({code: 'ipfs-unavailable'});
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('ends when the reader has gone, and thinks no worse of the peers for it', async () => {
    const {read, asked, peerIs} = world('hangs', 'hangs');
    const gone = new AbortController();
    const reading = read.execute(record, gone.signal);
    gone.abort();
    await expect(reading).rejects.toMatchObject({code: 'ipfs-unavailable'});
    peerIs[0] = 'served';
    await read.execute(record);
    expect(asked).toEqual([0, 0]);
  });

  it('an alert that cannot be queued stops the reading', async () => {
    const {read, stores} = world('corrupt', 'served');
    stores.alert = () => Promise.reject(new Error('database away'));
    await expect(read.execute(record)).rejects.toThrow('database away');
  });
});
