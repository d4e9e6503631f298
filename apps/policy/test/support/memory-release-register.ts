import {LIMITS} from '@vitalvault/contracts';
import type {Id, ReleaseRegister} from '../../src/application/ports.js';

/** Counts in memory; passes the same contract as the one in PostgreSQL. */
export class MemoryReleaseRegister implements ReleaseRegister {
  readonly #answers = new Map<string, number>();
  readonly requests: Uint8Array[] = [];

  allows = async (txId: Id, recordIds: readonly Id[]): Promise<boolean> =>
    recordIds.every((id) => this.#answered(txId, id) < LIMITS.releasesPerRecord);

  async count(release: {txId: Id; recordIds: readonly Id[]; signedRequest: Uint8Array}): Promise<boolean> {
    if (release.recordIds.some((id) => this.#answered(release.txId, id) >= LIMITS.releasesPerRecord)) return false;
    for (const id of release.recordIds) this.#answers.set(release.txId + id, this.#answered(release.txId, id) + 1);
    this.requests.push(release.signedRequest);
    return true;
  }

  #answered = (txId: Id, recordId: Id): number => this.#answers.get(txId + recordId) ?? 0;
}
