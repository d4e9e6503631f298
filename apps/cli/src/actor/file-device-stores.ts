import {join} from 'node:path';
import {asideName} from '@vitalvault/sdk';
import type {AsideReading, DeviceStores, PendingRecord, ReservedNumbers, SeenEpoch} from '@vitalvault/sdk';
import {deviceMemory} from '../device/device-memory.js';
import type {DeviceMemory} from '../device/device-memory.js';
import type {Home} from './home.js';
import type {LockedJson} from './locked-json.js';
import {SealedFolder} from './sealed-folder.js';
import type {FolderKeys} from './sealed-folder.js';

/** Two weeks at a reading a second, in records of 64. */
const MOST_PENDING = 20_000;
const MOST_ASIDE = 10_000;

/**
 * All that a device keeps in its home. Readings are encrypted; counters, epochs and keys of its owner are not secret.
 * One process at a time changes it (`Home.claim`).
 */
export class FileDeviceStores implements DeviceStores {
  private readonly counters: LockedJson<Record<string, string>>;
  private readonly pending: SealedFolder;
  private readonly aside: SealedFolder;
  private readonly seen: LockedJson<Record<string, SeenEpoch[]>>;
  private readonly memory: LockedJson<DeviceMemory>;

  constructor(home: Home, keys: FolderKeys) {
    this.counters = home.file('sequences.json', {});
    this.pending = new SealedFolder(join(home.dir, 'pending'), keys, MOST_PENDING);
    this.aside = new SealedFolder(join(home.dir, 'set-aside'), keys, MOST_ASIDE);
    this.seen = home.file('epochs-seen.json', {});
    this.memory = deviceMemory(home);
  }

  take(registration: number, typeTag: string, records: number): Promise<ReservedNumbers> {
    return this.counters.update((counters) => {
      const names = [`${registration}`, `${registration}/${typeTag}`] as const;
      const floor = BigInt(counters[floorName(registration)] ?? '1');
      const [sequence, tagSequence] = names.map((name) => atLeast(BigInt(counters[name] ?? '1'), floor)) as [
        bigint,
        bigint,
      ];
      const next = {[names[0]]: String(sequence + BigInt(records)), [names[1]]: String(tagSequence + BigInt(records))};
      return {value: {...counters, ...next}, result: {sequence, tagSequence}};
    });
  }

  raise(registration: number, least: bigint): Promise<void> {
    return this.counters.update((counters) => {
      const floor = atLeast(BigInt(counters[floorName(registration)] ?? '1'), least);
      return {value: {...counters, [floorName(registration)]: String(floor)}, result: undefined};
    });
  }

  put(record: PendingRecord): Promise<void> {
    return asPromise(() => {
      this.pending.put(`${record.registration}-${record.sequence}`, JSON.stringify(record));
    });
  }

  remove(registration: number, sequence: string): Promise<void> {
    return asPromise(() => {
      this.pending.remove(`${registration}-${sequence}`);
    });
  }

  all(): Promise<PendingRecord[]> {
    return asPromise(() => {
      const records = this.pending.all().map((text) => JSON.parse(text) as PendingRecord);
      return records.sort((a, b) => a.registration - b.registration || Number(BigInt(a.sequence) - BigInt(b.sequence)));
    });
  }

  setAside(readings: AsideReading[]): Promise<void> {
    return asPromise(() => {
      for (const one of readings) this.aside.put(this.asideFile(one), JSON.stringify(one));
    });
  }

  asides(): Promise<AsideReading[]> {
    return asPromise(() => {
      const readings = this.aside.all().map((text) => JSON.parse(text) as AsideReading);
      return readings.sort((a, b) => a.reading.timeMs - b.reading.timeMs);
    });
  }

  dropAside(readings: AsideReading[]): Promise<void> {
    return asPromise(() => {
      for (const one of readings) this.aside.remove(this.asideFile(one));
    });
  }

  ownerKeys(): Promise<string[]> {
    return asPromise(() => this.memory.read().ownerKeys ?? []);
  }

  rememberOwnerKeys(keys: string[]): Promise<void> {
    return this.memory.update((memory) => {
      // Another process may have learned more meanwhile.
      const known = memory.ownerKeys ?? [];
      return {value: {...memory, ownerKeys: keys.length > known.length ? keys : known}, result: undefined};
    });
  }

  epochs(typeTag: string): Promise<SeenEpoch[]> {
    return asPromise(() => this.seen.read()[typeTag] ?? []);
  }

  rememberEpochs(typeTag: string, epochs: SeenEpoch[]): Promise<void> {
    return this.seen.update((seen) => {
      const others = (seen[typeTag] ?? []).filter(({epoch}) => !epochs.some((one) => one.epoch === epoch));
      return {value: {...seen, [typeTag]: [...others, ...epochs]}, result: undefined};
    });
  }

  /** By which a person names it; 12 hexadecimal digits. */
  asideId(one: AsideReading): string {
    return this.asideFile(one).slice(0, 12);
  }

  /** Everything that was measured for an owner before. @returns how many records were not anchored */
  forgetReadings(): number {
    const pending = this.pending.names();
    for (const name of pending) this.pending.remove(name);
    for (const name of this.aside.names()) this.aside.remove(name);
    return pending.length;
  }

  private asideFile(one: AsideReading): string {
    return this.aside.secretName(asideName(one));
  }
}

const floorName = (registration: number): string => `${registration}/from`;
const atLeast = (number: bigint, floor: bigint): bigint => (number > floor ? number : floor);
// What a file says is wrong is a rejection, as from any other store.
const asPromise = <T>(work: () => T): Promise<T> => Promise.resolve().then(work);
