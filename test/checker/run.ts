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
             (extract(epoch FROM queued_at) * 1000)::bigint::float8 AS queued, reader, organisation FROM alerts`,
  policy: `SELECT 'release' AS what, tx_id AS tx, number, encode(sha256(signed_request), 'hex') AS request,
             (extract(epoch FROM released_at) * 1000)::bigint::float8 AS at, verified_at_height::float8 AS height
             FROM release_requests`,
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

/** SHA-256 of a block, hexadecimal, by its CID of version 1 in base32: its last 32 bytes. */
function digestOf(cid: string): string {
  const digits = Array.from(cid.slice(1), (digit) => 'abcdefghijklmnopqrstuvwxyz234567'.indexOf(digit));
  const bits = digits.map((digit) => digit.toString(2).padStart(5, '0')).join('');
  const bytes = Array.from({length: Math.floor(bits.length / 8)}, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8), 2));
  return Buffer.from(bytes.slice(-32)).toString('hex');
}

/** Every block that a peer's pins hold, as that peer says itself. A pack's root holds its ciphertexts. */
async function pinned(kuboApi: string): Promise<string[]> {
  const response = await fetch(`${kuboApi}/api/v0/pin/ls?type=all`, {
    method: 'POST',
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok) throw new Error(`${kuboApi}: HTTP ${response.status}`);
  const {Keys: keys = {}} = (await response.json()) as {Keys?: Record<string, unknown>};
  return Object.keys(keys).filter((cid) => cid.startsWith('b'));
}

/** A peer that does not answer holds nothing here: one of the others has to. */
async function dumpPins(peers: readonly string[], folder: string): Promise<void> {
  const lines: string[] = [];
  for (const [peer, kuboApi] of peers.entries()) {
    const cids = await pinned(kuboApi).catch((error: unknown) => {
      console.error(`pins of peer ${peer}: ${String(error)}`);
      return [];
    });
    for (const cid of cids) lines.push(`${JSON.stringify({what: 'pin', peer, content: digestOf(cid)})}\n`);
  }
  writeFileSync(join(folder, 'pins.jsonl'), lines.join(''));
}

interface Endpoints {
  readonly kuboApi: readonly string[];
  readonly postgres: string;
  readonly validators: readonly {readonly rpc: string}[];
}

const [what, own] = process.argv.slice(2);
if (what === undefined || what.startsWith('-')) {
  console.error('usage: run.ts <data folder> [observed folder] | run.ts selftest');
  process.exit(2);
}
if (what === 'selftest') process.exit(python(join(here, 'selftest.py')));
const {kuboApi, postgres, validators} = JSON.parse(readFileSync(join(what, 'endpoints.json'), 'utf8')) as Endpoints;
await dumpStores(postgres, join(what, 'kept'));
await dumpPins(kuboApi, join(what, 'kept'));
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
