import {parentPort} from 'node:worker_threads';
import {nativeVerify} from '../../../apps/ledger-abci/src/crypto/native-verify.js';
import {TRIPLE_BYTES} from './signed-digests.js';

/** A thread of the pool of row 1: takes a flat buffer of triples, gives it back with how many hold. */
const verify = nativeVerify();
parentPort?.on('message', (batch: Uint8Array<ArrayBuffer>) => {
  let good = 0;
  for (let at = 0; at < batch.length; at += TRIPLE_BYTES)
    if (
      verify(batch.subarray(at, at + 33), batch.subarray(at + 33, at + 65), batch.subarray(at + 65, at + TRIPLE_BYTES))
    )
      good++;
  parentPort?.postMessage({batch, good}, [batch.buffer]);
});
