import type {MessageInitShape} from '@bufbuild/protobuf';
import {encodeCanonical, toHex} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {ProjectionWriter, StoredLeaf} from '../../src/application/ports.js';
import {MemoryProjectionStore} from './memory-projection-store.js';

/** A projection that one block has brought to this state. */
export async function projected(
  effects: (writer: ProjectionWriter) => Promise<void>,
  timeSeconds = 0n,
): Promise<MemoryProjectionStore> {
  const store = new MemoryProjectionStore();
  await store.project([{height: 0n, timeSeconds}], effects);
  return store;
}

/** Appends a leaf to a patient's access log. @returns the transaction's id, 64 hexadecimal digits of `n`. */
export async function appendLeaf(
  writer: ProjectionWriter,
  leaf: {patient: Uint8Array; event: MessageInitShape<typeof AccessLeafSchema>['event'] & object; n: number},
  verdict?: StoredLeaf['verdict'],
): Promise<string> {
  const txId = new Uint8Array(32).fill(leaf.n);
  const index = await writer.accessLogSize(toHex(leaf.patient));
  const bytes = encodeCanonical(AccessLeafSchema, {index, height: 1n, blockTime: 1n, txId, event: leaf.event});
  await writer.appendLeaf({patient: toHex(leaf.patient), index, height: 1n, txId: toHex(txId), bytes, verdict});
  return toHex(txId);
}
