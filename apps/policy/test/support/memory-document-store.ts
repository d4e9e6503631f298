import {equalBytes} from '@vitalvault/contracts';
import type {Announcement, DocumentStore, Id, StoredComplaint} from '../../src/application/ports.js';

type Wraps = Parameters<DocumentStore['putWraps']>[0];

/** Documents in memory; passes the same contract as the store in PostgreSQL. */
export class MemoryDocumentStore implements DocumentStore {
  readonly #wraps = new Map<string, Wraps>();
  readonly #profiles = new Map<Id, Uint8Array>();
  readonly #details = new Map<Id, Uint8Array>();
  readonly complaints: StoredComplaint[] = [];
  readonly announcements: Announcement[] = [];

  /** Documents of all kinds. */
  get size(): number {
    return this.#wraps.size + this.#profiles.size + this.#details.size + this.complaints.length;
  }

  wraps = async (patient: Id, grantId: Id): Promise<{version: number; value: Uint8Array} | undefined> => {
    const found = this.#wraps.get(patient + grantId);
    return found === undefined ? undefined : {version: found.version, value: found.value};
  };

  async putWraps(wraps: Wraps): Promise<boolean> {
    const place = wraps.patient + wraps.grantId;
    const stored = this.#wraps.get(place);
    if (stored?.version === wraps.version) return equalBytes(stored.value, wraps.value);
    if (stored !== undefined && stored.version > wraps.version) return false;
    this.#wraps.set(place, wraps);
    return true;
  }

  profile = async (member: Id): Promise<Uint8Array | undefined> => this.#profiles.get(member);
  putProfile = async (member: Id, value: Uint8Array): Promise<void> => void this.#profiles.set(member, value);
  details = async (txId: Id): Promise<Uint8Array | undefined> => this.#details.get(txId);
  putDetails = async (txId: Id, value: Uint8Array): Promise<void> => void this.#details.set(txId, value);

  async putComplaint(complaint: StoredComplaint, most: number, announcement: Announcement): Promise<boolean> {
    const alike = (...names: (keyof StoredComplaint)[]): number =>
      this.complaints.filter((one) => names.every((name) => one[name] === complaint[name])).length;
    if (alike('reader', 'subject', 'finding') > 0) return true;
    if (alike('reader', 'patient', 'day') >= most) return false;
    this.complaints.push(complaint);
    this.announcements.push(announcement);
    return true;
  }
}
