import type {ClaimedPack, Lease, PackClaims, RootOf, UnnamedRoots} from '../../src/application/ports.js';
import {MemoryRecords} from './memory-records.js';
import type {Row} from './memory-tables.js';

interface PackRow {
  /** None: one block that is pinned for a moment, or what was pinned after it was given up. */
  id?: Uint8Array;
  state: 'making' | 'pinned' | 'dropping';
  owner: string | undefined;
  leaseUntilMs: number;
  failures: number;
  replicas: number;
}

/** Claims of packs in memory. */
export class MemoryPacks extends MemoryRecords implements PackClaims, UnnamedRoots {
  readonly packs = new Map<string, PackRow>();
  #claims = 0;

  claim({owner, ms}: Lease, limit: {records: number; bytes: number}, rootOf: RootOf): Promise<ClaimedPack | undefined> {
    let bytes = 0;
    const records = [...this.rows.values()]
      .filter((row) => row.waits && row.claimedBy === undefined)
      .toSorted((a, b) => a.turn - b.turn)
      .slice(0, limit.records)
      .filter(({record}, place) => (bytes += record.ciphertext.length) <= limit.bytes || place === 0);
    if (records.length === 0) return Promise.resolve(undefined);
    const id = new Uint8Array(16);
    new DataView(id.buffer).setUint32(0, ++this.#claims);
    const root = rootOf(
      records.map(({record}) => record.cid),
      id,
    );
    this.packs.set(root, {id, failures: 0, replicas: 0, state: 'making', owner, leaseUntilMs: this.now() + ms});
    for (const row of records) row.claimedBy = root;
    return Promise.resolve({root, id, failures: 0, records: records.map(({record}) => record)});
  }

  takeUp({owner, ms}: Lease, rootOf: RootOf): Promise<ClaimedPack | undefined> {
    const [root, pack] = this.#due('making') ?? [];
    if (root === undefined || pack === undefined) return Promise.resolve(undefined);
    const rows = this.#claimedBy(root);
    const [records, {id = new Uint8Array()}] = [rows.map(({record}) => record), pack];
    const cids = records.map(({cid}) => cid);
    if (records.length > 0 && rootOf(cids, id) === root) {
      Object.assign(pack, {owner, leaseUntilMs: this.now() + ms});
      return Promise.resolve({root, id, failures: pack.failures, records});
    }
    for (const row of rows) row.claimedBy = undefined;
    Object.assign(pack, {state: 'dropping', owner: undefined, leaseUntilMs: this.now()});
    return Promise.resolve(undefined);
  }

  renew(root: string, {owner, ms}: Lease): Promise<boolean> {
    const pack = this.#inHand(root, owner, 'making');
    Object.assign(pack ?? {}, {leaseUntilMs: this.now() + ms});
    return Promise.resolve(pack !== undefined);
  }

  putBack(root: string, owner: string, pauseMs: number): Promise<void> {
    const pack = this.#inHand(root, owner, 'making');
    if (pack !== undefined)
      Object.assign(pack, {owner: undefined, leaseUntilMs: this.now() + pauseMs, failures: pack.failures + 1});
    return Promise.resolve();
  }

  letGo(owner: string): Promise<void> {
    for (const pack of this.packs.values())
      if (pack.owner === owner) Object.assign(pack, {owner: undefined, leaseUntilMs: this.now()});
    return Promise.resolve();
  }

  stored({root, replicas}: {root: string; replicas: number}): Promise<void> {
    const pack = this.packs.get(root);
    const given = {owner: undefined, leaseUntilMs: this.now(), failures: 0, replicas};
    if (pack === undefined) this.packs.set(root, {...given, state: 'dropping'});
    if (pack?.state !== 'making') return Promise.resolve();
    Object.assign(pack, {...given, state: 'pinned'});
    for (const row of this.#claimedBy(root)) {
      Object.assign(row, {waits: false, claimedBy: undefined});
      Object.assign(row, {packRoot: root, replicas, ...(row.state === 'accepted' ? {state: 'stored'} : {})});
    }
    return Promise.resolve();
  }

  find(after: string, packs: number): Promise<{last: string | undefined; found: number}> {
    const page = [...this.packs.keys()].filter((root) => root > after).toSorted();
    const looked = page.slice(0, packs);
    const found = looked.filter((root) => this.packs.get(root)?.state === 'pinned' && !this.#isNamed(root));
    for (const root of found)
      Object.assign(this.packs.get(root) ?? {}, {state: 'dropping', owner: undefined, leaseUntilMs: this.now()});
    return Promise.resolve({last: looked.at(-1), found: found.length});
  }

  takeOut({owner, ms}: Lease): Promise<string | undefined> {
    const [root, pack] = this.#due('dropping') ?? [];
    if (root === undefined || pack === undefined) return Promise.resolve(undefined);
    Object.assign(pack, {owner, leaseUntilMs: this.now() + ms});
    if (this.#claimedBy(root).length > 0) pack.state = 'making';
    else if (this.#isNamed(root)) pack.state = 'pinned';
    return Promise.resolve(pack.state === 'dropping' ? root : undefined);
  }

  keepUntil(root: string, {owner, ms}: Lease): Promise<void> {
    const kept = {owner, leaseUntilMs: this.now() + ms, failures: 0, replicas: 0};
    if ((this.packs.get(root)?.state ?? 'dropping') === 'dropping') this.packs.set(root, {...kept, state: 'dropping'});
    return Promise.resolve();
  }

  forget(root: string, owner: string): Promise<void> {
    if (this.#inHand(root, owner, 'dropping') !== undefined) this.packs.delete(root);
    return Promise.resolve();
  }

  #claimedBy(root: string): Row[] {
    return [...this.rows.values()].filter(({claimedBy}) => claimedBy === root);
  }

  #isNamed(root: string): boolean {
    return [...this.rows.values()].some(({packRoot, claimedBy}) => packRoot === root || claimedBy === root);
  }

  #inHand(root: string, owner: string, state: PackRow['state']): PackRow | undefined {
    const pack = this.packs.get(root);
    return pack?.owner === owner && pack.state === state ? pack : undefined;
  }

  #due(state: PackRow['state']): [string, PackRow] | undefined {
    const due = [...this.packs].filter(([, pack]) => pack.state === state && pack.leaseUntilMs <= this.now());
    return due.toSorted(([, a], [, b]) => a.leaseUntilMs - b.leaseUntilMs)[0];
  }
}
