import {randomBytes} from 'node:crypto';
import {Kafka, logLevel} from 'kafkajs';
import pg from 'pg';
import {
  MemoryNonceStore,
  Transactions,
  idOf,
  newEncryptionKey,
  newSigningKey,
  publicHalf,
  submit,
  systemEnvironment,
  signPart,
  txOfPart,
} from '@vitalvault/sdk';
import {equalBytes, fromHex} from '@vitalvault/contracts';
import {storyLedger} from './forged-enrolment.js';
import {StoryFailed} from './narrator.js';
import {readSigningKey} from './papers.js';
import type {StoreName} from './site.js';
import type {StoryRun} from './story-run.js';

const SCRATCH = 'vv.story.scratch';

/**
 * Puts a marker in clear into each store, through the store's own front door: what a search must find if it looks at
 * all.
 */
export const CONTROLS: Record<StoreName, (run: StoryRun, marker: string) => Promise<void>> = {
  kafka,
  postgres,
  ipfs,
  chain,
  logs,
  spans,
};

/** A marker of 32 bytes that any store takes as it is. */
export function newMarker(): string {
  return `marker-${randomBytes(32).toString('hex')}`.slice(0, 32);
}

// Compressed, so that the search proves that it looks inside.
async function kafka({site}: StoryRun, marker: string): Promise<void> {
  const client = new Kafka({clientId: 'vv-story', ...site.kafka(), logLevel: logLevel.NOTHING});
  const admin = client.admin();
  const producer = client.producer();
  try {
    await Promise.all([admin.connect(), producer.connect()]);
    await admin.createTopics({topics: [{topic: SCRATCH, numPartitions: 1}], waitForLeaders: true});
    await producer.send({
      topic: SCRATCH,
      compression: 1,
      messages: [{value: JSON.stringify({marker, padding: 'x'.repeat(200)})}],
    });
  } finally {
    await Promise.all([admin.disconnect(), producer.disconnect()]);
  }
}

async function postgres({site}: StoryRun, marker: string): Promise<void> {
  const client = await connected(site.postgres());
  try {
    await client.query('CREATE TABLE IF NOT EXISTS story_scratch (marker text NOT NULL)');
    await client.query('INSERT INTO story_scratch (marker) VALUES ($1)', [marker]);
  } finally {
    await client.end();
  }
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({connectionString: url});
  await client.connect();
  return client;
}

async function ipfs({endpoints}: StoryRun, marker: string): Promise<void> {
  const form = new FormData();
  form.append('file', new Blob([`a note in clear: ${marker}`]));
  const response = await fetch(
    new URL('/add?raw-leaves=true&cid-version=1&stream-channels=false', endpoints.ipfsCluster[0]),
    {method: 'POST', body: form},
  );
  if (!response.ok) throw new StoryFailed(`IPFS Cluster did not take the marker: ${response.status}`);
  await response.text();
}

/** The hash of a member's profile is 32 bytes that the organisation chooses: it may be any. */
async function chain(run: StoryRun, marker: string): Promise<void> {
  const ledger = storyLedger(run);
  const sponsor = readSigningKey(run.site.sponsorKey());
  const organisation = ledger.genesis.genesis.organisations.find(({keys}) =>
    keys.some(({key}) => key !== undefined && equalBytes(key.publicKey, fromHex(sponsor.publicKey))),
  );
  if (organisation === undefined) throw new StoryFailed('the sponsor key is not in the genesis');
  const {random} = systemEnvironment();
  const member = newSigningKey(random);
  const transactions = new Transactions({ledger, signer: sponsor, nonces: new MemoryNonceStore()});
  const part = await transactions.part(
    {
      case: 'registerMember',
      value: {
        organisation: organisation.id,
        signingKey: publicHalf(member),
        encryptionKey: fromHex(newEncryptionKey(random).publicKey),
        role: 4,
        profileHash: Buffer.from(marker),
      },
    },
    (await transactions.highestNonce()) + 1n,
  );
  const {txId} = await submit(ledger, txOfPart(signPart(part, member)));
  if (txId === '') throw new StoryFailed(`member ${idOf(member)} was not registered`);
}

/** PostgreSQL logs statements that fail. */
async function logs({site}: StoryRun, marker: string): Promise<void> {
  const client = await connected(site.postgres());
  try {
    await client.query(`SELECT '${marker}'::integer`).catch(() => undefined);
  } finally {
    await client.end();
  }
}

async function spans({endpoints}: StoryRun, marker: string): Promise<void> {
  const now = `${Date.now()}000000`;
  const span = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    name: marker,
    kind: 1,
    startTimeUnixNano: now,
    endTimeUnixNano: now,
  };
  const body = {
    resourceSpans: [
      {
        resource: {attributes: [{key: 'service.name', value: {stringValue: 'vv-story'}}]},
        scopeSpans: [{spans: [span]}],
      },
    ],
  };
  const response = await fetch(new URL('/v1/traces', endpoints.otlp), {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new StoryFailed(`the Collector did not take the marker: ${response.status}`);
}
