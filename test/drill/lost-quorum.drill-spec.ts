import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {eventually} from '@vitalvault/testkit';
import {setTimeout as delay} from 'node:timers/promises';
import {thePlatform} from '../e2e/platform/platform.js';
import type {Platform} from '../e2e/platform/platform.js';
import {Ward} from '../e2e/platform/ward.js';
import {grammarOfSystem} from './grammar-of-system.js';

/** Two of four validators, CometBFT and ledger-abci of each. */
const LOST = ['comet-2', 'abci-2', 'comet-3', 'abci-3'];
/** storage's readiness misses a block after 30 s, policy's a fresh header likewise. */
const SAID_MS = 60_000;
const BACK_MS = 20_000;

let platform: Platform;
let ward: Ward;
let grantId: string;
let posted: PostedRecord;

beforeAll(async () => {
  platform = thePlatform();
  ward = await Ward.open(platform);
  ({grantId} = await ward.grant());
  for (const name of LOST) await platform.control('kill', name);
}, 120_000);

afterAll(async () => {
  for (const name of LOST.toReversed()) await platform.control('start', name);
}, 120_000);

test('policy and storage say in /readyz that it is the ledger, and stay ready for what is there to be read', async () => {
  await eventually(
    async () => {
      for (const name of ['policy', 'storage'])
        expect([name, await ward.readyz(name)]).toEqual([
          name,
          {status: 200, text: expect.stringMatching(/"degraded":.*"part":"ledger"/)},
        ]);
    },
    SAID_MS,
    1_000,
  );
  // Records are taken into Kafka, alerts are read and delivered.
  for (const name of ['ingest', 'notify']) expect([name, (await ward.readyz(name)).status]).toEqual([name, 200]);
}, 90_000);

test('no access is decided, and whoever asks is told why', async () => {
  await expect(ward.ask(grantId)).rejects.toMatchObject({
    code: expect.stringMatching(/^(stale-header|tx-timeout|ledger-unavailable)$/),
  });
}, 120_000);

test('a record that gets its receipt is on no ledger yet, and nobody says that it is', async () => {
  posted = ward.records.next();
  const response = await ward.post(posted);
  // Its durability is Kafka's, which is whole; a gateway that knows too little of the device says 503 instead.
  expect([202, 503]).toContain(response.status);
  await delay(5_000);
  expect(await ward.stateOf(posted)).not.toBe('anchored');
}, 60_000);

test('back: blocks within 20 s, everything is ready again and what had its receipt is anchored', async () => {
  const height = async (): Promise<number> => {
    const rpc = platform.endpoints.validators[0]?.rpc ?? '';
    const answer = (await (await fetch(`${rpc}/status`)).json()) as {
      result: {sync_info: {latest_block_height: string}};
    };
    return Number(answer.result.sync_info.latest_block_height);
  };
  // Where it stands: an idle chain takes ten seconds for a block after the first.
  const standing = await height();
  for (const name of LOST.toReversed()) await platform.control('start', name);
  const since = Date.now();
  await eventually(
    async () => {
      expect(await height()).toBeGreaterThan(standing);
    },
    BACK_MS,
    500,
  );
  expect(Date.now() - since).toBeLessThan(BACK_MS);
  await eventually(
    async () => {
      for (const name of ['ingest', 'policy', 'storage', 'notify'])
        expect([name, await ward.readyz(name)]).toEqual([
          name,
          {status: 200, text: expect.not.stringContaining('"part":"ledger"')},
        ]);
    },
    60_000,
    1_000,
  );
  await eventually(
    async () => {
      const {status} = await ward.post(posted);
      expect(status).toBe(202);
    },
    60_000,
    1_000,
  );
  await eventually(
    async () => {
      expect(await ward.stateOf(posted)).toBe('anchored');
    },
    60_000,
    500,
  );
  await ward.ask(grantId);
}, 240_000);

test('every validator of the system was asked what the ABCI grammar allows, over their loss too', () => {
  expect(grammarOfSystem(platform)).toEqual([]);
});
