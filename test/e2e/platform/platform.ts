import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import pg from 'pg';
import {ORG_ROLE, toHex} from '@vitalvault/contracts';
import {parseGenesis} from '@vitalvault/light-client';
import type {ParsedGenesis} from '@vitalvault/light-client';
import type {StoredKey} from '@vitalvault/sdk';
import type {Endpoints} from '@vitalvault/testkit';

const LAUNCHER = join(import.meta.dirname, '../../../apps/launcher/dist/main.js');

/** The whole system that `make test` started: every engine and every service, one organisation's stack. */
export interface Platform {
  /** Its data directory. */
  data: string;
  endpoints: Endpoints & {services: Record<'ingest' | 'policy' | 'storage' | 'notify', string>};
  genesis: ParsedGenesis;
  genesisText: string;
  /** Id (hexadecimal) of the organisation that runs the stack. */
  organisation: string;
  /** Its sponsor's key. */
  sponsor: StoredKey;
  /** What the launcher does to one process: `kill` is SIGKILL, `start` waits until it is ready. */
  control: (command: 'kill' | 'stop' | 'start', name: string) => Promise<void>;
}

/** @throws Error without VV_E2E_DATA: these specs are played on one system, and never quietly on none */
export function thePlatform(): Platform {
  const data = process.env['VV_E2E_DATA'];
  if (data === undefined || !existsSync(join(data, 'endpoints.json'))) {
    throw new Error(
      'VV_E2E_DATA must name the data directory of a running system: make up DATA=dir, then VV_E2E_DATA=dir (make test does it by itself)',
    );
  }
  return platformIn(data);
}

/** The system whose data directory this is. */
export function platformIn(data: string): Platform {
  const genesisText = readFileSync(join(data, 'genesis.json'), 'utf8');
  const genesis = parseGenesis(genesisText);
  const sponsor = JSON.parse(readFileSync(join(data, 'org/0/sponsor.key.json'), 'utf8')) as StoredKey;
  const own = genesis.genesis.organisations.find(({keys}) =>
    keys.some(
      ({key, role}) => role === ORG_ROLE.sponsor && toHex(key?.publicKey ?? new Uint8Array()) === sponsor.publicKey,
    ),
  );
  return {
    data,
    genesis,
    genesisText,
    sponsor,
    endpoints: JSON.parse(readFileSync(join(data, 'endpoints.json'), 'utf8')) as Platform['endpoints'],
    organisation: toHex(own?.id ?? new Uint8Array()),
    control: (command, name) => launcher(command, name, data),
  };
}

function launcher(command: string, name: string, data: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', LAUNCHER, command, name, '--data', data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`launcher ${command} ${name}: ${said}`));
    });
  });
}

/** Runs statements in one service's own database, as somebody would who got into it. */
export async function inDatabase<T>(
  platform: Platform,
  service: 'policy' | 'storage' | 'notify',
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({connectionString: new URL(`/vv_${service}`, platform.endpoints.postgres).href});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** How many records' keys were released for a request: policy writes it down before it opens the first seal. */
export function releasedKeys(platform: Platform, txId: string): Promise<number> {
  return inDatabase(
    platform,
    'policy',
    async (client) => (await client.query('SELECT 1 FROM release_requests WHERE tx_id = $1', [txId])).rowCount ?? 0,
  );
}
