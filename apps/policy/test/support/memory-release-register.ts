import {LIMITS} from '@vitalvault/contracts';
import type {AnswerToCount, Announcement, Id, ReleaseRegister} from '../../src/application/ports.js';

/** Counts in memory; passes the same contract as the one in PostgreSQL. */
export class MemoryReleaseRegister implements ReleaseRegister {
  readonly #answers = new Map<string, number>();
  readonly requests: Uint8Array[] = [];
  readonly told: Announcement[] = [];
  readonly #numbers = new Map<Id, number>();

  answered = async (txId: Id, recordId?: Id): Promise<boolean> =>
    recordId === undefined ? this.#numbers.has(txId) : this.#answered(txId, recordId) > 0;

  allows = async (txId: Id, recordIds: readonly Id[]): Promise<boolean> =>
    recordIds.every((id) => this.#answered(txId, id) < LIMITS.releasesPerRecord);

  async count(release: AnswerToCount): Promise<boolean> {
    if (release.recordIds.some((id) => this.#answered(release.txId, id) >= LIMITS.releasesPerRecord)) return false;
    for (const id of release.recordIds) this.#answers.set(release.txId + id, this.#answered(release.txId, id) + 1);
    this.requests.push(release.signedRequest);
    const number = (this.#numbers.get(release.txId) ?? 0) + 1;
    this.#numbers.set(release.txId, number);
    this.told.push(release.tell(number));
    return true;
  }

  /** As a restored database: it has nothing of what was counted. */
  goBack(): void {
    this.#answers.clear();
    this.#numbers.clear();
  }

  #answered = (txId: Id, recordId: Id): number => this.#answers.get(txId + recordId) ?? 0;
}
