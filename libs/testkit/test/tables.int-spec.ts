import {afterAll, beforeAll, beforeEach, describe, expect, it} from '@jest/globals';
import {startEngines, tablesOfDatabase, tablesOfModels} from '../src/index.js';
import type {Engines} from '../src/index.js';
import pg from 'pg';

const SQL = `
  DROP TABLE IF EXISTS parts, wholes, more;
  CREATE TABLE wholes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL UNIQUE, word text);
  CREATE TABLE parts (
    whole_id bigint NOT NULL REFERENCES wholes ON DELETE CASCADE,
    place    int    NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    small    smallint,
    bytes    bytea,
    PRIMARY KEY (whole_id, place)
  )`;
const MODELS = `
model Whole {
  id    BigInt  @id @default(autoincrement())
  name  String  @unique
  word  String? // may be missing
  parts Part[]

  @@map("wholes")
}

model Part {
  wholeId BigInt   @map("whole_id")
  whole   Whole    @relation(fields: [wholeId], references: [id], onDelete: Cascade)
  place   Int
  at      DateTime @default(now()) @db.Timestamptz
  small   Int?     @db.SmallInt
  bytes   Bytes?

  @@id([wholeId, place])
  @@map("parts")
}
`;

let engines: Engines;
let client: pg.Client;
let databaseUrl: string;

beforeAll(async () => {
  engines = await startEngines({only: ['postgres']});
  databaseUrl = engines.databaseUrl('vv_policy');
  client = new pg.Client({connectionString: databaseUrl});
  await client.connect();
}, 600_000);

afterAll(async () => {
  await client.end();
  await engines.stop();
});

beforeEach(async () => {
  await client.query(SQL);
});

describe('tables and models', () => {
  it('are alike', async () => {
    expect(await tablesOfDatabase(databaseUrl)).toEqual(tablesOfModels(MODELS));
  });

  it.each([
    ['a table more', 'CREATE TABLE more (id text PRIMARY KEY)'],
    ['a table less', 'DROP TABLE parts'],
    ['a column more', 'ALTER TABLE parts ADD COLUMN more text'],
    ['a column less', 'ALTER TABLE parts DROP COLUMN bytes'],
    ['another name', 'ALTER TABLE parts RENAME COLUMN bytes TO octets'],
    ['bigint for int', 'ALTER TABLE parts ALTER COLUMN place TYPE bigint'],
    ['int for bigint', 'ALTER TABLE parts ALTER COLUMN whole_id TYPE int'],
    ['time without a zone', 'ALTER TABLE parts ALTER COLUMN at TYPE timestamp'],
    ['nothing allowed', 'ALTER TABLE wholes ALTER COLUMN name DROP NOT NULL'],
    ['nothing refused', 'ALTER TABLE wholes ALTER COLUMN word SET NOT NULL'],
    ['no default', 'ALTER TABLE parts ALTER COLUMN at DROP DEFAULT'],
    ['no primary key', 'ALTER TABLE parts DROP CONSTRAINT parts_pkey'],
    [
      'a primary key in another order',
      'ALTER TABLE parts DROP CONSTRAINT parts_pkey, ADD PRIMARY KEY (place, whole_id)',
    ],
    ['no unique key', 'ALTER TABLE wholes DROP CONSTRAINT wholes_name_key'],
    ['a unique key more', 'CREATE UNIQUE INDEX ON wholes (word)'],
    ['no foreign key', 'ALTER TABLE parts DROP CONSTRAINT parts_whole_id_fkey'],
    [
      'a foreign key that does not cascade',
      'ALTER TABLE parts DROP CONSTRAINT parts_whole_id_fkey, ADD FOREIGN KEY (whole_id) REFERENCES wholes',
    ],
  ])('differ by %s', async (_, change) => {
    await client.query(change);
    expect(await tablesOfDatabase(databaseUrl)).not.toEqual(tablesOfModels(MODELS));
  });

  it('takes no type that it does not know', () => {
    expect(() => tablesOfModels('model X {\n  at DateTime\n}\n')).toThrow('which column');
  });
});
