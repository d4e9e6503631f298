import type {DeviceStores, ReservedNumbers} from './device-stores.js';

/**
 * Numbers that no pending record has. A counter that was lost or restored gives a number again, and the readings that
 * are kept under it would be overwritten.
 */
export class UnusedNumbers {
  private kept: Promise<ReadonlySet<string>> | undefined;

  constructor(private readonly stores: Pick<DeviceStores, 'take' | 'all'>) {}

  async take(registration: number, typeTag: string, records: number): Promise<ReservedNumbers> {
    // Once is enough: what is kept later has its number from here.
    const kept = await (this.kept ??= this.names());
    for (;;) {
      const numbers = await this.stores.take(registration, typeTag, records);
      const names = Array.from({length: records}, (_, i) => nameOf(registration, numbers.sequence + BigInt(i)));
      if (!names.some((name) => kept.has(name))) return numbers;
    }
  }

  private async names(): Promise<ReadonlySet<string>> {
    const records = await this.stores.all();
    return new Set(records.map(({registration, sequence}) => nameOf(registration, sequence)));
  }
}

const nameOf = (registration: number, sequence: bigint | string): string => `${registration}/${sequence}`;
