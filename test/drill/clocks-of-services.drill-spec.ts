import {toHex} from '@vitalvault/contracts';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {recordIdOfPosted} from '@vitalvault/envelope';
import {HEART_RATE, tagOf} from '@vitalvault/sdk';
import type {AccessTicket} from '@vitalvault/sdk';
import {eventually} from '@vitalvault/testkit';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {codeOf, enrolClinician, enrolPatient, openOffice, registerDevice} from '../e2e/platform/actors.js';
import type {ClinicianActor, Office, PatientActor} from '../e2e/platform/actors.js';
import {CraftedRecords, RECORD, one} from '../e2e/platform/crafted-records.js';
import {thePlatform} from '../e2e/platform/platform.js';
import type {Platform} from '../e2e/platform/platform.js';
import {faketimeLibrary} from './faketime.js';
import {grammarOfSystem} from './grammar-of-system.js';
import {ShiftedService} from './shifted-service.js';

const HOUR = 3_600;
/** Three blocks of an idle chain, after a start. */
const SAID_MS = 90_000;
const RECORDS = 5;
const SERVICES = ['ingest', 'policy', 'storage'] as const;

let platform: Platform;
let office: Office;
let owner: PatientActor;
let ada: ClinicianActor;
let records: CraftedRecords;
let dir: string;
let library: string;
let now: number;
let grants: Record<'standing' | 'over' | 'revoked', string>;
const receipted: PostedRecord[] = [];

const post = (record: PostedRecord): Promise<Response> =>
  fetch(`${platform.endpoints.services.ingest}/v1/records`, {
    method: 'POST',
    body: Buffer.from(one(record)),
    headers: {'content-type': RECORD},
  });

async function stateOf(record: PostedRecord): Promise<string> {
  const id = toHex(recordIdOfPosted(record));
  const response = await fetch(`${platform.endpoints.services.storage}/v1/records/${id}/status`);
  return ((await response.json()) as {state?: string}).state ?? `HTTP ${response.status}`;
}

const ask = (grantId: string): Promise<AccessTicket> =>
  ada.clinician.requestAccess({
    patient: owner.keys.patient,
    grantId,
    typeTag: toHex(tagOf(owner.keys, HEART_RATE)),
    slotFrom: now - 2,
    slotTo: now,
    purpose: 'TREAT',
  });

/** The decision on a question, or the code of what kept it from being one. */
async function decided(grantId: string): Promise<{ticket?: AccessTicket; code?: string}> {
  let ticket: AccessTicket | undefined;
  const code = await codeOf(
    (async () => {
      ticket = await ask(grantId);
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

const terms = (accessToSlot: number) => ({
  grantee: ada.keys.member,
  types: [HEART_RATE],
  purposes: ['TREAT' as const],
  accessFromSlot: now - 2,
  accessToSlot,
  dataFromSlot: now - 50,
  dataToSlot: now,
});

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-faketime-'));
  library = await faketimeLibrary(dir);
  platform = thePlatform();
  office = await openOffice(platform);
  now = await office.ledger.slot();
  [owner, ada] = await Promise.all([enrolPatient(office, now - 100), enrolClinician(office)]);
  records = new CraftedRecords(await registerDevice(office, owner, now - 50), now - 1);
  // By a clock that is an hour behind, the second still stands.
  const [standing, over, revoked] = [
    await owner.grants.put(terms(now + 24)),
    await owner.grants.put(terms(now - 1)),
    await owner.grants.put(terms(now + 24)),
  ];
  await owner.grants.revoke(revoked.grantId);
  grants = {standing: standing.grantId, over: over.grantId, revoked: revoked.grantId};
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
      // She has her keys already, so that the first who is asked is storage, and by it policy.
      const code = await codeOf(ada.clinician.fetch(ticket, {types: [], keyOf: () => undefined}));
      if (name !== 'ingest') expect(code).toMatch(/^(ledger-unavailable|signature-stale)$/);
    }, 120_000);

    test('loses no record: what it acknowledges is anchored, what it does not the device keeps', async () => {
      for (let i = 0; i < RECORDS; i++) {
        const record = records.next();
        posted.push(record);
        const {status} = await post(record);
        expect([202, 503]).toContain(status);
        if (status === 202) receipted.push(record);
      }
    }, 120_000);

    afterAll(async () => {
      await service.end();
      for (const record of posted)
        await eventually(
          async () => {
            // As a device does until it has its receipt; the bytes are the same.
            expect((await post(record)).status).toBe(202);
          },
          60_000,
          500,
        );
      for (const record of posted)
        await eventually(
          async () => {
            expect(await stateOf(record)).toBe('anchored');
          },
          60_000,
          500,
        );
      expect(await answerTo(grants.standing)).toBe('permit');
    }, 240_000);
  },
);

test('every record that got its receipt from a clock that was wrong is on the ledger', async () => {
  expect(receipted.length).toBeGreaterThan(RECORDS);
  for (const record of receipted) expect(await stateOf(record)).toBe('anchored');
}, 60_000);

test('every validator of the system was asked what the ABCI grammar allows', () => {
  expect(grammarOfSystem(platform)).toEqual([]);
});
