import {execFile} from 'node:child_process';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {inDatabase} from '../../../test/e2e/platform/platform.js';
import type {Platform} from '../../../test/e2e/platform/platform.js';
import type {Fact} from '../suite/row.js';

const run = promisify(execFile);

/** Bytes of each store: of one copy, where there are several alike. */
export type DiskUse = ReadonlyMap<string, number>;

/** What lies in the data directory, of the first of several. */
const DIRECTORIES = {
  kafka: 'kafka',
  'ipfs, a copy': join('ipfs', '0', 'kubo'),
  'comet, a validator': join('validator', '0', 'comet', 'data'),
  'ledger state, a validator': join('validator', '0', 'state'),
};

/** Tables whose rows are gone when a record is anchored: what they take is the room of the fullest moment. */
const PASSING = ['waiting_ciphertexts', 'outbox', 'wakes', 'anchors', 'tx_traces'];
const DATABASES = ['storage', 'policy', 'notify'] as const;

/** What stays. Write-ahead logs are left out: each engine sweeps its own. */
export async function diskUseOf(platform: Platform): Promise<DiskUse> {
  const databases = DATABASES.map((name) =>
    inDatabase(platform, name, async (client) => {
      const {rows} = await client.query<{bytes: string}>(
        `SELECT coalesce(sum(pg_total_relation_size(oid)), 0) AS bytes FROM pg_class
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL ($1)`,
        [PASSING],
      );
      return [`postgres ${name}`, Number(rows[0]?.bytes)] as const;
    }),
  );
  const directories = Object.entries(DIRECTORIES).map(async ([name, directory]) => {
    const path = join(platform.data, directory);
    const {stdout} = await run('du', ['--summarize', '--block-size=1', '--exclude=cs.wal', path]);
    return [name, Number.parseInt(stdout)] as const;
  });
  return new Map(await Promise.all([...databases, ...directories]));
}

export function diskFact(before: DiskUse, after: DiskUse, records: number): Fact {
  const each = [...after].map(([name, bytes]) => {
    const more = bytes - (before.get(name) ?? 0);
    return `${name} ${Math.round(more / Math.max(1, records)).toString()}`;
  });
  return {title: `disk for a record of ${records.toString()}, bytes`, value: each.join(' · ')};
}
