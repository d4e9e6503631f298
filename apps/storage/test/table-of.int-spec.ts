import {tableOf} from '@vitalvault/postgres';
import type {Columns} from '@vitalvault/postgres';
import {startStorageDatabase} from './support/storage-database.js';
import type {StorageDatabase} from './support/storage-database.js';

interface Sample {
  readonly word: string;
  readonly maybe: string | undefined;
  readonly bytes: Uint8Array;
  readonly count: bigint | undefined;
  readonly yes: boolean;
}

const COLUMNS: Columns<Sample> = {
  word: ['text', ({word}) => word],
  maybe: ['text?', ({maybe}) => maybe],
  bytes: ['bytea', ({bytes}) => bytes],
  count: ['numeric', ({count}) => count],
  yes: ['boolean', ({yes}) => yes],
};
const sample = (change: Partial<Sample> = {}): Sample => ({
  ...{word: 'a', maybe: 'b', bytes: Uint8Array.of(1), count: 2n ** 64n - 1n, yes: true},
  ...change,
});
const bytes = (length: number): Uint8Array => Uint8Array.from({length}, (_, i) => (i * 167) % 256);

describe('tableOf on PostgreSQL', () => {
  let started: StorageDatabase;
  let database: StorageDatabase['database'];

  beforeAll(async () => {
    started = await startStorageDatabase();
    ({database} = started);
  });
  afterAll(async () => {
    await started.close();
  });

  it.each<[string, readonly Sample[]]>([
    ['none', []],
    ['one', [sample()]],
    ['one of nothing', [sample({word: '', maybe: undefined, bytes: new Uint8Array(), count: undefined, yes: false})]],
    ['several', [sample(), sample({count: undefined}), sample({word: '', maybe: undefined})]],
    [
      'texts that look like a list or an array',
      [',', 'a,b', '{}', 'NULL', '"', '\\', "'", '\n'].map((word) => sample({word})),
    ],
    ['bytes of any length', [0, 1, 0, 70_000, 33, 4_096].map((length) => sample({bytes: bytes(length)}))],
  ])('%s of rows come as they are, in their order', async (_what, rows) => {
    const found = await database.$queryRaw<
      (Omit<Sample, 'maybe' | 'count'> & {maybe: string | null; count: {toFixed(): string} | null})[]
    >`
      SELECT word, maybe, bytes, count, yes FROM ${tableOf(COLUMNS, rows)} AS given ORDER BY place`;
    expect(
      found.map(({maybe, count, bytes: own, ...row}) => ({
        ...row,
        bytes: Uint8Array.from(own),
        maybe: maybe ?? undefined,
        count: count === null ? undefined : BigInt(count.toFixed()),
      })),
    ).toEqual(rows);
  });
});
