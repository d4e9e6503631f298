import {join} from 'node:path';
import {readingIdentity} from '@vitalvault/sdk';
import type {Reading} from '@vitalvault/sdk';
import type {Home} from '../actor/home.js';
import {SealedFolder} from '../actor/sealed-folder.js';
import type {FolderKeys} from '../actor/sealed-folder.js';

const DAY_MS = 86_400_000;
/** Days of measurements that are known again; of the days before, a copy is sent as if it were new. */
const MOST_DAYS = 800;
/** Hexadecimal digits of an HMAC: two of one day are the same by chance once in some 10⁹ days at a reading a second. */
const DIGITS = 16;

/** Which measurements a device has sealed before, by day: a file that is posted again adds nothing. */
export class SentReadings {
  private readonly folder: SealedFolder;

  constructor(home: Home, keys: FolderKeys) {
    this.folder = new SealedFolder(join(home.dir, 'sent'), keys, MOST_DAYS + 1);
  }

  /** Those that were not sealed before, each once. */
  unknown(readings: readonly Reading[]): Reading[] {
    const days = new Map<string, Set<string>>();
    return readings.filter((reading) => {
      const day = dayOf(reading);
      const known = days.get(day) ?? this.known(day);
      days.set(day, known);
      const name = this.nameOf(reading);
      const isNew = !known.has(name);
      known.add(name);
      return isNew;
    });
  }

  remember(readings: readonly Reading[]): void {
    for (const [day, some] of Map.groupBy(readings, dayOf)) {
      const known = this.known(day);
      for (const reading of some) known.add(this.nameOf(reading));
      if (!this.folder.names().includes(day)) this.forgetOldest();
      this.folder.put(day, [...known].join(''));
    }
  }

  forget(): void {
    for (const day of this.folder.names()) this.folder.remove(day);
  }

  private known(day: string): Set<string> {
    return new Set(this.folder.get(day)?.match(new RegExp(`.{${DIGITS}}`, 'g')) ?? []);
  }

  private nameOf({text}: Reading): string {
    return this.folder.secretName(readingIdentity(text)).slice(0, DIGITS);
  }

  private forgetOldest(): void {
    for (const day of this.folder.names().slice(0, -MOST_DAYS)) this.folder.remove(day);
  }
}

const dayOf = ({timeMs}: Reading): string => String(Math.floor(timeMs / DAY_MS)).padStart(8, '0');
