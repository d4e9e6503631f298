import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';
import {signedDigests, TRIPLE_BYTES} from './signed-digests.js';

const IN_A_BATCH = 64;
/** Batches that wait at a thread, so that it never waits for one. */
const DEPTH = 2;

/** The ledger verifies on its one thread today: this is what threads beside it would bring. */
export const ROW_01: Row = {
  number: '1',
  title: 'verification by threads, batches of 64 in transferred buffers',
  arms: arms('verifications/s', 'pool of 2', 'one thread'),
  claims: [
    {
      title: 'pool of 2 ÷ one thread',
      target: {atLeast: 1.85},
      of: quotient('pool of 2', 'one thread'),
      whenMissed:
        'the two threads have no locks and share no memory but the buffers they hand over; on two cores the main thread ' +
        'and whatever else runs take their share from the second one.',
    },
  ],
  rounds: {full: 15, quick: 5},
  setup: ({scratch, quick}) => {
    const program = join(import.meta.dirname, 'verification-worker.ts');
    const workers = [new Worker(program), new Worker(program)];
    for (const worker of workers) scratch.defer(() => worker.terminate());
    const triples = signedDigests(IN_A_BATCH * (quick ? 20 : 100));
    let batches = Array.from({length: triples.length / IN_A_BATCH}, (_, b) => {
      const bytes = new Uint8Array(IN_A_BATCH * TRIPLE_BYTES);
      triples.slice(b * IN_A_BATCH, (b + 1) * IN_A_BATCH).forEach(({publicKey, digest, signature}, i) => {
        bytes.set([...publicKey, ...digest, ...signature], i * TRIPLE_BYTES);
      });
      return bytes;
    });
    return {
      sample: async (arm) => {
        const start = performance.now();
        batches = await verifyAll(arm === 'one thread' ? workers.slice(0, 1) : workers, batches);
        return (triples.length * 1000) / (performance.now() - start);
      },
    };
  },
};

/** @returns the batches, back from the threads */
function verifyAll(workers: readonly Worker[], batches: Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>[]> {
  return new Promise((resolve, reject) => {
    const back: Uint8Array<ArrayBuffer>[] = [];
    const waiting = [...batches];
    const next = (worker: Worker): void => {
      const batch = waiting.pop();
      if (batch !== undefined) worker.postMessage(batch, [batch.buffer]);
    };
    for (const worker of workers) {
      worker.removeAllListeners('message').removeAllListeners('error');
      worker.on('error', reject);
      worker.on('message', ({batch, good}: {batch: Uint8Array<ArrayBuffer>; good: number}) => {
        if (good !== IN_A_BATCH) reject(new Error('a good signature does not hold'));
        back.push(batch);
        if (back.length === batches.length) resolve(back);
        else next(worker);
      });
      for (let i = 0; i < DEPTH; i++) next(worker);
    }
  });
}
