// Judges what clients saw of a running system against what its ledger and stores say.
//   node test/checker/run.ts <data folder>   its endpoints.json, genesis.json, and observed/ that the clients wrote
//   node test/checker/run.ts <data folder> <observed folder>   another one: only its patients are judged
//   node test/checker/run.ts selftest        the rules alone, on made-up histories
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import pg from 'pg';
import {interpreter, run} from '../second-client/interpreter.ts';

const here = import.meta.dirname;
const python = (...args: string[]): number => run(interpreter(), args);

/** What the stores say, by the service whose database it is: a query, each row of which is a line for the checker. */
const STORES = {
  notify: `SELECT 'alert' AS what, patient, alert_id AS id, kind, subject,
             (extract(epoch FROM queued_at) * 1000)::bigint::float8 AS queued FROM alerts`,
  policy: `SELECT 'release' AS what, tx_id AS tx, number, encode(sha256(signed_request), 'hex') AS request,
             (extract(epoch FROM released_at) * 1000)::bigint::float8 AS at FROM release_requests`,
} as const;

/** Kinds of alerts by their number. @spec proto/vitalvault/events/v1/events.proto */
function alertKinds(): ReadonlyMap<number, string> {
  const proto = readFileSync(join(here, '../../proto/vitalvault/events/v1/events.proto'), 'utf8');
  return new Map(
    [...proto.matchAll(/ALERT_KIND_(\w+) = (\d+);/g)].map(([, name = '', number = '']) => [Number(number), name]),
  );
}

async function dumpStores(postgres: string, folder: string): Promise<void> {
  mkdirSync(folder, {recursive: true});
  const kinds = alertKinds();
  for (const [service, query] of Object.entries(STORES)) {
    const client = new pg.Client({connectionString: new URL(`/vv_${service}`, postgres).href});
    await client.connect();
    try {
      const {rows} = await client.query<Record<string, unknown>>(query);
      const lines = rows.map((row) =>
        JSON.stringify('kind' in row ? {...row, kind: kinds.get(Number(row['kind']))} : row),
      );
      writeFileSync(join(folder, `${service}.jsonl`), lines.map((line) => `${line}\n`).join(''));
    } finally {
      await client.end();
    }
  }
}

interface Endpoints {
  readonly postgres: string;
  readonly validators: readonly {readonly rpc: string}[];
}

const [what, own] = process.argv.slice(2);
if (what === undefined || what.startsWith('-')) {
  console.error('usage: run.ts <data folder> [observed folder] | run.ts selftest');
  process.exit(2);
}
if (what === 'selftest') process.exit(python(join(here, 'selftest.py')));
const {postgres, validators} = JSON.parse(readFileSync(join(what, 'endpoints.json'), 'utf8')) as Endpoints;
await dumpStores(postgres, join(what, 'kept'));
process.exit(
  python(
    join(here, 'check.py'),
    validators[0]?.rpc ?? '',
    join(what, 'genesis.json'),
    own ?? join(what, 'observed'),
    join(what, 'kept'),
    ...(own === undefined ? [] : ['theirs']),
  ),
);
