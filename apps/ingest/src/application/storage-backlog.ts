import {DomainError} from '@vitalvault/errors';
import type {Clock, RecordTable} from './ports.js';

/**
 * Refuses new records when storage is so far behind that the log might forget them before they were read
 * (docs/protocol.md: "no record that was acknowledged is lost to a rule").
 */
export class StorageBacklog {
  #checkedAtMs = Number.NEGATIVE_INFINITY;
  #backlogMs = 0;
  #asking: Promise<void> | undefined;

  constructor(
    private readonly options: {retentionMs: number; checkEveryMs: number; now: Clock},
    private readonly ports: {table: RecordTable},
  ) {}

  /** @throws DomainError `storage-behind`, `storage-unavailable` */
  async check(): Promise<void> {
    if (this.options.now() - this.#checkedAtMs > this.options.checkEveryMs) await (this.#asking ??= this.#ask());
    if (this.#backlogMs > this.options.retentionMs / 2) {
      throw new DomainError('storage-behind', {
        retryAfterSeconds: 30,
        meta: {oldestSeconds: Math.floor(this.#backlogMs / 1_000)},
      });
    }
  }

  async #ask(): Promise<void> {
    try {
      this.#backlogMs = await this.ports.table.backlogMs();
      this.#checkedAtMs = this.options.now();
    } finally {
      this.#asking = undefined;
    }
  }
}
