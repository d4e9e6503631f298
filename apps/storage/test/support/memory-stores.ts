import type {ReadersRequest, ReleasableRecord, ReleaseStore} from '../../src/application/ports.js';
import type {DecidedRequest} from '../../src/domain/block-facts.js';
import {MemoryLedger} from './memory-ledger.js';
import type {PlaceInRelease} from '../../src/domain/place-in-release.js';
import type {Row} from './memory-tables.js';

/**
 * All of storage's stores in memory, each port in a file of its own and the last one here: what the specs of the use
 * cases run on. The contract suite holds them to what the real ones do.
 */
export class MemoryStores extends MemoryLedger implements ReleaseStore {
  request(txId: string): Promise<ReadersRequest | undefined> {
    const request = this.requests.get(txId);
    const reader = this.readers.get(request?.signerKeyId ?? '');
    return Promise.resolve(request === undefined || reader === undefined ? undefined : {...request, reader});
  }

  releasable(request: DecidedRequest, from: PlaceInRelease, limit: number): Promise<ReleasableRecord[]> {
    const fits = ({record, logIndex}: Row): boolean =>
      logIndex !== undefined &&
      logIndex < request.recordLogSize &&
      record.patient === request.patient &&
      byPlace({slot: record.slot, logIndex}, from) >= 0 &&
      record.slot <= request.slotTo &&
      (request.typeTag === '0'.repeat(32) || request.typeTag === record.typeTag);
    const found = [...this.rows.values()]
      .filter(fits)
      .map((row) => ({
        ...row.record,
        packRoot: row.packRoot,
        ciphertextBytes: row.record.ciphertext.length,
        logIndex: row.logIndex ?? 0n,
        deviceKey: this.devices.get(row.record.device) ?? new Uint8Array(),
      }));
    return Promise.resolve(found.sort(byPlace).slice(0, limit));
  }
}

const byPlace = (a: PlaceInRelease, b: PlaceInRelease): number => a.slot - b.slot || Number(a.logIndex - b.logIndex);
