import {mkdirSync, readFileSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import type {
  OwnerMemory,
  PendingRecord,
  PendingStore,
  ReservedNumbers,
  SeenEpoch,
  SequenceStore,
} from '@vitalvault/sdk';
import {deviceMemory} from '../device/device-memory.js';
import type {DeviceMemory} from '../device/device-memory.js';
import type {Home} from './home.js';
import {writeSecretFile} from './key-file.js';
import type {LockedJson} from './locked-json.js';

/** Counters of a device in its home; by registration, and by registration and tag. */
export class FileSequenceStore implements SequenceStore {
  private readonly file: LockedJson<Record<string, string>>;

  constructor(home: Home) {
    this.file = home.file('sequences.json', {});
  }

  take(registration: number, typeTag: string, records: number): Promise<ReservedNumbers> {
    return this.file.update((counters) => {
      const names = [`${registration}`, `${registration}/${typeTag}`] as const;
      const [sequence, tagSequence] = names.map((name) => BigInt(counters[name] ?? '1')) as [bigint, bigint];
      const next = {[names[0]]: String(sequence + BigInt(records)), [names[1]]: String(tagSequence + BigInt(records))};
      return {value: {...counters, ...next}, result: {sequence, tagSequence}};
    });
  }
}

/** Records that are not anchored yet, one file each: they outlive the process that posted them. */
export class FilePendingStore implements PendingStore {
  private readonly dir: string;

  constructor(home: Home) {
    this.dir = join(home.dir, 'pending');
  }

  put(record: PendingRecord): Promise<void> {
    mkdirSync(this.dir, {recursive: true, mode: 0o700});
    writeSecretFile(this.path(record.registration, record.sequence), JSON.stringify(record));
    return Promise.resolve();
  }

  remove(registration: number, sequence: string): Promise<void> {
    rmSync(this.path(registration, sequence), {force: true});
    return Promise.resolve();
  }

  all(): Promise<PendingRecord[]> {
    mkdirSync(this.dir, {recursive: true, mode: 0o700});
    const records = readdirSync(this.dir)
      .filter((name) => name.endsWith('.json'))
      .map((name) => JSON.parse(readFileSync(join(this.dir, name), 'utf8')) as PendingRecord);
    return Promise.resolve(records.sort((a, b) => Number(BigInt(a.sequence) - BigInt(b.sequence))));
  }

  private path(registration: number, sequence: string): string {
    return join(this.dir, `${registration}-${sequence}.json`);
  }
}

/** What a device has seen of its owner. */
export class FileOwnerMemory implements OwnerMemory {
  private readonly seen: LockedJson<Record<string, SeenEpoch[]>>;
  private readonly memory: LockedJson<DeviceMemory>;

  constructor(home: Home) {
    this.seen = home.file('epochs-seen.json', {});
    this.memory = deviceMemory(home);
  }

  ownerKeys(): Promise<string[]> {
    return Promise.resolve(this.memory.read().ownerKeys ?? []);
  }

  rememberOwnerKeys(keys: string[]): Promise<void> {
    return this.memory.update((memory) => {
      // Another process may have learned more meanwhile.
      const known = memory.ownerKeys ?? [];
      return {value: {...memory, ownerKeys: keys.length > known.length ? keys : known}, result: undefined};
    });
  }

  epochs(typeTag: string): Promise<SeenEpoch[]> {
    return Promise.resolve(this.seen.read()[typeTag] ?? []);
  }

  rememberEpochs(typeTag: string, epochs: SeenEpoch[]): Promise<void> {
    return this.seen.update((seen) => {
      const others = (seen[typeTag] ?? []).filter(({epoch}) => !epochs.some((one) => one.epoch === epoch));
      return {value: {...seen, [typeTag]: [...others, ...epochs]}, result: undefined};
    });
  }
}
