import {beforeAll, describe, expect, it} from '@jest/globals';
import {STATE_KIND, decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {SkipEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {recordIdOfPosted, signSkip} from '@vitalvault/envelope';
import {newSigningKey, privateHalf} from '@vitalvault/sdk';
import type {StoredKey} from '@vitalvault/sdk';
import {eventually} from '@vitalvault/testkit';
import {enrolPatient, openOffice, random, registerDevice} from './platform/actors.js';
import type {DeviceActor, Office, PatientActor} from './platform/actors.js';
import {CraftedRecords, RECORD, one} from './platform/crafted-records.js';
import {thePlatform} from './platform/platform.js';

const SKIP = 'application/vnd.vitalvault.skip.v1+protobuf';

describe('a number that a device gives up', () => {
  let office: Office;
  let owner: PatientActor;
  let worn: DeviceActor;
  let records: CraftedRecords;
  let url: string;

  const send = (path: string, type: string, body: Uint8Array): Promise<Response> =>
    fetch(`${url}${path}`, {method: 'POST', body: Uint8Array.from(body), headers: {'content-type': type}});
  const skip = (sequence: bigint, key: StoredKey = worn.key): Promise<Response> => {
    const {config} = worn;
    const entry = signSkip(
      {
        chainId: config.chainId,
        patient: config.patient,
        device: fromHex(records.device),
        registration: config.registration,
        sequence,
        typeTag: config.typeTags[0] ?? new Uint8Array(),
        tagSequence: sequence,
      },
      privateHalf(key),
    );
    return send('/v1/skips', SKIP, encodeCanonical(SkipEntrySchema, entry));
  };
  const stateOf = async (sequence: bigint): Promise<Record<string, unknown>> =>
    (await (
      await fetch(`${url}/v1/receipts/${records.device}/${worn.config.registration}/${sequence}`)
    ).json()) as Record<string, unknown>;

  beforeAll(async () => {
    const platform = thePlatform();
    url = platform.endpoints.services.ingest;
    office = await openOffice(platform);
    const now = await office.ledger.slot();
    owner = await enrolPatient(office, now - 100);
    worn = await registerDevice(office, owner, now - 50);
    records = new CraftedRecords(worn, now - 1);
  });

  it('is taken from its device alone', async () => {
    const forged = await skip(2n, newSigningKey(random));
    expect(forged.status).toBe(400);
    expect(await forged.json()).toMatchObject({code: 'record-signature'});
    expect(await stateOf(2n)).toMatchObject({code: 'receipt-not-found'});
  });

  it('comes to the ledger, in the record log, between the records around it', async () => {
    const [first, third] = [
      records.make({sequence: 1n, tagSequence: 1n}),
      records.make({sequence: 3n, tagSequence: 3n}),
    ];
    expect((await send('/v1/records', RECORD, one(first))).status).toBe(202);
    const answer = await skip(2n);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({chainId: office.ledger.chainId, status: 'accepted'});
    expect((await send('/v1/records', RECORD, one(third))).status).toBe(202);
    await eventually(
      async () => {
        expect(await Promise.all([1n, 2n, 3n].map(async (number) => (await stateOf(number))['state']))).toEqual([
          'anchored',
          'skipped',
          'anchored',
        ]);
      },
      30_000,
      500,
    );
    const patient = fromHex(owner.keys.patient);
    const {answer: proven} = await office.ledger.proofs(owner.keys.signing, {
      keys: [{kind: STATE_KIND.recordLog, parts: [patient]}],
      logs: [{kind: STATE_KIND.recordLog, patient, from: 0n, limit: 100}],
    });
    const entries =
      proven.logs[0]?.leaves.map((leaf) => decodeCanonical(RecordLeafSchema, leaf).entry?.entry.case) ?? [];
    expect(entries.toSorted()).toEqual(['record', 'record', 'skip']);
  });

  it('asked again, it is the same; and no record gets that number any more', async () => {
    expect((await skip(2n)).status).toBe(202);
    const late = records.make({sequence: 2n, tagSequence: 2n});
    const refused = await send('/v1/records', RECORD, one(late));
    expect(refused.status).toBe(409);
    expect(await refused.json()).toMatchObject({code: 'sequence-conflict'});
    expect(JSON.stringify(await stateOf(2n))).not.toContain(toHex(recordIdOfPosted(late)));
  });

  it('is not given up after its record was accepted', async () => {
    expect((await skip(1n)).status).toBe(409);
    expect(await stateOf(1n)).toMatchObject({state: 'anchored'});
  });
});
