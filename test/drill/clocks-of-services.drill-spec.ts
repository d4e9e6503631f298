import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import type {AccessTicket, SdkError} from '@vitalvault/sdk';
import {eventually} from '@vitalvault/testkit';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {codeOf} from '../e2e/platform/actors.js';
import {releasedKeys, thePlatform} from '../e2e/platform/platform.js';
import type {Platform} from '../e2e/platform/platform.js';
import {Ward} from '../e2e/platform/ward.js';
import {faketimeLibrary} from './faketime.js';
import {grammarOfSystem} from './grammar-of-system.js';
import {ShiftedService} from './shifted-service.js';

const HOUR = 3_600;
/** Three blocks of an idle chain, after a start. */
const SAID_MS = 90_000;
const RECORDS = 5;
const SERVICES = ['ingest', 'policy', 'storage'] as const;

let platform: Platform;
let ward: Ward;
let dir: string;
let library: string;
let grants: Record<'standing' | 'over' | 'revoked', string>;
/** A permit that the ledger has ended since. */
let ended: AccessTicket;
const receipted: PostedRecord[] = [];
/** Her keys are there already, so that the first who is asked is storage, and by it policy. */
const KEPT = {types: [], keyOf: () => undefined};

/** The decision on a question, or the code of what kept it from being one. */
async function decided(grantId: string): Promise<{ticket?: AccessTicket; code?: string}> {
  let ticket: AccessTicket | undefined;
  const code = await codeOf(
    (async () => {
      ticket = await ward.ask(grantId);
    })(),
  );
  return {...(ticket === undefined ? {} : {ticket}), ...(code === undefined ? {} : {code})};
}

async function answerTo(grantId: string): Promise<string> {
  const {ticket, code} = await decided(grantId);
  return code ?? (ticket?.permit === true ? 'permit' : 'refused');
}

/** A reader looks whose policy it is: one that is ahead signs that for a time that has not come. */
const said = {ingest: /^refused$/, policy: /^(refused|description-invalid)$/, storage: /^refused$/};

/** What keeps keys from a reader, and what she is told of the reason. */
const releases = (ticket: AccessTicket): Promise<{code: string; message: string}> =>
  ward.ada.clinician.fetch(ticket, KEPT).then(
    () => ({code: 'released', message: ''}),
    (error: unknown) => error as SdkError,
  );

/** Posts each as a device does, until it has its receipt and is on the ledger; the bytes are the same. */
async function anchored(records: readonly PostedRecord[]): Promise<void> {
  for (const record of records)
    await eventually(
      async () => {
        expect((await ward.post(record)).status).toBe(202);
      },
      60_000,
      500,
    );
  for (const record of records)
    await eventually(
      async () => {
        expect(await ward.stateOf(record)).toBe('anchored');
      },
      60_000,
      500,
    );
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-faketime-'));
  library = await faketimeLibrary(dir);
  platform = thePlatform();
  ward = await Ward.open(platform);
  // A permit speaks for the records that were there: one for none gives an empty page, and nobody is asked for a key.
  await anchored([ward.records.next()]);
  // By a clock that is an hour behind, the second still stands.
  grants = {
    standing: (await ward.grant()).grantId,
    over: (await ward.grant({accessToSlot: ward.now - 1})).grantId,
    revoked: (await ward.grant()).grantId,
  };
  ended = await ward.ask(grants.revoked);
  expect(ended.permit).toBe(true);
  await ward.owner.grants.revoke(grants.revoked);
}, 180_000);

afterAll(() => rm(dir, {recursive: true, force: true}));

describe.each(SERVICES.flatMap((name) => [HOUR, -HOUR].map((seconds) => ({name, seconds}))))(
  '$name with a clock that is $seconds s ahead',
  ({name, seconds}) => {
    let service: ShiftedService;
    const posted: PostedRecord[] = [];

    beforeAll(async () => {
      service = await ShiftedService.start(platform, {name, seconds, library});
    }, 180_000);

    test('says in /readyz that it is the clock', async () => {
      await eventually(
        async () => {
          expect((await service.readyz()).text).toMatch(/this clock is/);
        },
        SAID_MS,
        1_000,
      );
    }, 120_000);

    test('prolongs no grant: what is over or revoked is refused, whatever else works', async () => {
      for (const grantId of [grants.over, grants.revoked])
        expect([name, await answerTo(grantId)]).toEqual([name, expect.stringMatching(said[name])]);
    }, 120_000);

    test('releases nothing by a clock that is wrong, and says why', async () => {
      const {ticket, code: unasked} = await decided(grants.standing);
      if (ticket === undefined) {
        expect([name, unasked]).toEqual([name, expect.stringMatching(said[name])]);
        return;
      }
      // The ledger decides by its own time; whoever hands out must know what time it is.
      expect(ticket.permit).toBe(true);
      const {code, message} = await releases(ticket);
      if (name === 'ingest') return;
      expect(code).toMatch(/^(ledger-unavailable|signature-stale)$/);
      // Told to her as a clock that is wrong, and not as a fault of hers.
      expect(message).toMatch(/the service's clock|this service's clock/);
    }, 120_000);

    test('prolongs no permit: one that the ledger has ended gives no key', async () => {
      const {code} = await releases(ended);
      expect([name, code]).toEqual([
        name,
        expect.stringMatching(
          name === 'ingest' ? /^permit-ended$/ : /^(permit-ended|ledger-unavailable|signature-stale)$/,
        ),
      ]);
      expect(await releasedKeys(platform, ended.txId)).toBe(0);
    }, 120_000);

    test('loses no record: what it acknowledges is anchored, what it does not the device keeps', async () => {
      for (let i = 0; i < RECORDS; i++) {
        const record = ward.records.next();
        posted.push(record);
        const {status} = await ward.post(record);
        expect([202, 503]).toContain(status);
        if (status === 202) receipted.push(record);
      }
    }, 120_000);

    afterAll(async () => {
      await service.end();
      await anchored(posted);
      expect(await answerTo(grants.standing)).toBe('permit');
      expect([(await releases(ended)).code, await releasedKeys(platform, ended.txId)]).toEqual(['permit-ended', 0]);
    }, 240_000);
  },
);

test('every record that got its receipt from a clock that was wrong is on the ledger', async () => {
  expect(receipted.length).toBeGreaterThan(RECORDS);
  for (const record of receipted) expect(await ward.stateOf(record)).toBe('anchored');
}, 60_000);

test('every validator of the system was asked what the ABCI grammar allows', () => {
  expect(grammarOfSystem(platform)).toEqual([]);
});
