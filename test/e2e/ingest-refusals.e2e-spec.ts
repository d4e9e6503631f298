import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {Buffer} from 'node:buffer';
import {connect} from 'node:net';
import {decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {PostedRecordSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {recordIdOfPosted} from '@vitalvault/envelope';
import {HEART_RATE, contentDigest, newSigningKey} from '@vitalvault/sdk';
import {eventually} from '@vitalvault/testkit';
import {alertSubjects, enrolPatient, openOffice, random, readingsOf, registerDevice} from './platform/actors.js';
import type {DeviceActor, Office, PatientActor} from './platform/actors.js';
import {CraftedRecords, RECORD, RECORDS, many, one, withHighS} from './platform/crafted-records.js';
import {thePlatform} from './platform/platform.js';

interface Problem {
  status: number;
  code: string;
  retryAfter: string | null;
}
interface Entry {
  status: string;
  recordId: string;
  receipt: string;
  location: string;
  problem?: {code: string};
}

describe('bad input at ingest gets a clear error and loses nothing', () => {
  let office: Office;
  let owner: PatientActor;
  let worn: DeviceActor;
  let removed: DeviceActor;
  let records: CraftedRecords;
  /** Records that ingest took from the removed device before it had heard of the removal. */
  const raced: string[] = [];
  let slot: number;
  let url: string;
  let halfSent: Promise<string>;
  let dripped: Promise<string>;
  let sockets: {destroy: () => void}[];

  const post = (body: Uint8Array, type = RECORD, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${url}/v1/records`, {
      method: 'POST',
      body: Uint8Array.from(body),
      headers: {'content-type': type, ...headers},
    });
  const receiptOf = async (posted: PostedRecord): Promise<Response> => {
    const {device, registration, sequence} = decodeCanonical(RecordHeaderSchema, posted.header);
    return fetch(`${url}/v1/receipts/${toHex(device)}/${registration}/${sequence}`);
  };
  const problemOf = async (response: Response): Promise<Problem> => {
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = (await response.json()) as {type: string; code: string; status: number; remedy: string};
    expect(problem).toMatchObject({
      type: `https://vitalvault.dev/errors/${problem.code}`,
      status: response.status,
      remedy: expect.any(String),
    });
    return {status: response.status, code: problem.code, retryAfter: response.headers.get('retry-after')};
  };
  const expectNothingAccepted = async (posted: PostedRecord): Promise<void> => {
    expect(await problemOf(await receiptOf(posted))).toMatchObject({status: 404, code: 'receipt-not-found'});
  };
  const entriesOf = async (response: Response): Promise<Entry[]> =>
    ((await response.json()) as {records: Entry[]}).records;

  beforeAll(async () => {
    const platform = thePlatform();
    url = platform.endpoints.services.ingest;
    sockets = [];
    halfSent = slowly(0);
    dripped = slowly(500);
    office = await openOffice(platform);
    slot = await office.ledger.slot();
    owner = await enrolPatient(office, slot - 100);
    [worn, removed] = [await registerDevice(office, owner, slot - 50), await registerDevice(office, owner, slot - 50)];
    records = new CraftedRecords(worn, slot);
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
  });

  /**
   * Announces 5,000 bytes and sends few of them, one every `everyMs`; 0: none at all. @returns all that was answered
   * until the end
   */
  function slowly(everyMs: number): Promise<string> {
    return new Promise((resolve, reject) => {
      let answered = '';
      const {port} = new URL(url);
      let drip: NodeJS.Timeout | undefined;
      const socket = connect(Number(port), '127.0.0.1', () => {
        socket.write(
          `POST /v1/records HTTP/1.1\r\nhost: x\r\ncontent-type: ${RECORD}\r\ncontent-length: 5000\r\n\r\nhalf`,
        );
        if (everyMs > 0)
          drip = setInterval(() => {
            if (socket.writable) socket.write('x');
          }, everyMs);
      });
      sockets.push(socket);
      socket
        .on('data', (chunk) => (answered += chunk.toString()))
        .on('error', (error) => {
          if (answered === '') reject(error);
        });
      socket.on('close', () => {
        clearInterval(drip);
        resolve(answered);
      });
    });
  }

  it('takes a record of the device that all refusals below are about', async () => {
    const posted = records.next();
    const response = await post(one(posted), RECORD, {'content-digest': contentDigest(one(posted))});
    expect(response.status).toBe(202);
    expect((await receiptOf(posted)).status).toBe(200);
  });

  // What is posted, and the record that must not be known afterwards; nothing of a body that is no record can be.
  type Attempt = () => {posted?: PostedRecord; body?: Uint8Array; type?: string; headers?: Record<string, string>};
  const flipped = (posted: PostedRecord): PostedRecord => ({
    ...posted,
    ciphertext: posted.ciphertext.map((byte, index) => (index === 99 ? byte ^ 1 : byte)),
  });
  const unknownField = Buffer.from('f80101', 'hex');

  it.each<[number, string, string, Attempt]>([
    [
      413,
      'body-too-large',
      'too large: a body above a mebibyte',
      () => ({body: Buffer.alloc(1_048_577, 7), type: RECORDS}),
    ],
    [
      413,
      'body-too-large',
      'too large: a record with more than 64 KiB of ciphertext',
      () => ({posted: records.make({}, {ciphertext: Buffer.alloc(131_072, 7)})}),
    ],
    [415, 'unsupported-content-type', 'wrong type: JSON', () => ({body: Buffer.from('{}'), type: 'application/json'})],
    [
      415,
      'unsupported-content-type',
      'wrong type: a record as something else of ours',
      () => ({posted: records.make(), type: 'application/vnd.vitalvault.tx.v1+protobuf'}),
    ],
    [400, 'malformed', 'undecodable: noise', () => ({body: new Uint8Array(500).fill(0xff)})],
    [400, 'malformed', 'undecodable: cut off', () => ({body: one(records.make()).subarray(0, -7)})],
    [
      400,
      'malformed',
      'undecodable: another encoding of the same message',
      () => ({body: Buffer.concat([one(records.make()), Buffer.from('0a00', 'hex')])}),
    ],
    [
      400,
      'unknown-field',
      'unknown field in the record',
      () => ({posted: records.make(), body: Buffer.concat([one(records.make()), unknownField])}),
    ],
    [
      400,
      'unknown-field',
      'unknown field in the header',
      () => ({body: one(records.make({}, {header: Buffer.concat([records.make().header, unknownField])}))}),
    ],
    [400, 'wrong-version', 'wrong version', () => ({posted: records.make({version: 2})})],
    [400, 'wrong-chain', 'wrong chain', () => ({posted: records.make({chainId: 'another-ledger'})})],
    [403, 'unknown-device', 'unknown device', () => ({posted: records.make({device: random(20)})})],
    [
      403,
      'unknown-device',
      'unknown registration of a known device',
      () => ({posted: records.make({registration: 2})}),
    ],
    [
      403,
      'unknown-device',
      'the highest registration that there can be',
      () => ({posted: records.make({registration: 2 ** 32 - 1})}),
    ],
    [403, 'unknown-device', 'a device of somebody else', () => ({posted: records.make({patient: random(20)})})],
    [400, 'record-signature', 'bad signature: ciphertext altered', () => ({posted: flipped(records.make())})],
    [400, 'record-signature', 'high-S signature', () => ({posted: withHighS(records.make())})],
    [
      400,
      'digest-mismatch',
      'body that does not match its Content-Digest',
      () => ({posted: records.make(), headers: {'content-digest': contentDigest(Buffer.from('another body'))}}),
    ],
    [409, 'sequence-too-far', 'too far ahead', () => ({posted: records.make({sequence: 5_000n})})],
    [400, 'slot-out-of-range', 'slot in the future', () => ({posted: records.make({slot: slot + 4})})],
    [400, 'slot-out-of-range', 'slot before the registration', () => ({posted: records.make({slot: slot - 51})})],
    [403, 'wrong-tag', "tag not the device's", () => ({posted: records.make({typeTag: random(16)})})],
    [409, 'unknown-epoch', 'unknown epoch', () => ({posted: records.make({epoch: 9})})],
    [409, 'unknown-release-key', 'unknown release key', () => ({posted: records.make({releaseKeyId: random(20)})})],
  ])('%i %s: %s', async (status, code, _what, attempt) => {
    const {posted, body, type, headers} = attempt();
    const response = await post(body ?? (posted === undefined ? new Uint8Array() : one(posted)), type, headers);
    expect(await problemOf(response)).toMatchObject({status, code});
    await expectNothingAccepted(posted ?? records.make());
  });

  it('sequence replayed with the same bytes: the same receipt again', async () => {
    const posted = records.next();
    const [first] = await entriesOf(await post(one(posted)));
    expect(first).toMatchObject({status: 'accepted', recordId: toHex(recordIdOfPosted(posted))});
    const again = await post(one(posted));
    expect(again.status).toBe(202);
    expect(await entriesOf(again)).toEqual([{...first, status: 'duplicate'}]);
  });

  it('sequence replayed with other bytes: 409, and the first record stays', async () => {
    const posted = records.next();
    expect((await post(one(posted))).status).toBe(202);
    const {sequence} = decodeCanonical(RecordHeaderSchema, posted.header);
    expect(await problemOf(await post(one(records.make({sequence, tagSequence: sequence}))))).toMatchObject({
      status: 409,
      code: 'sequence-conflict',
    });
    expect(await (await receiptOf(posted)).json()).toMatchObject({recordId: toHex(recordIdOfPosted(posted))});
  });

  it('one bad record of a body refuses itself alone', async () => {
    const [good, strange, late] = [records.next(), records.next({typeTag: random(16)}), records.next()];
    const response = await post(many([good, strange, late]), RECORDS);
    expect(response.status).toBe(207);
    expect((await entriesOf(response)).map(({status, problem}) => problem?.code ?? status)).toEqual([
      'accepted',
      'wrong-tag',
      'accepted',
    ]);
    await expectNothingAccepted(strange);
  });

  it('removed device: refused, and its owner finds the removal in her log', async () => {
    const crafted = new CraftedRecords(removed, slot);
    const before = crafted.next();
    expect((await post(one(before))).status).toBe(202);
    // What the ledger has stays; what it did not have yet would be refused there, because its hour is distrusted now.
    await eventually(
      async () => {
        expect(await (await receiptOf(before)).json()).toMatchObject({state: 'anchored'});
      },
      60_000,
      500,
    );
    await owner.patient.removeDevice(crafted.device);
    const refused = await eventually(async () => {
      const posted = crafted.next();
      const response = await post(one(posted));
      if (response.status === 202) raced.push(toHex(recordIdOfPosted(posted)));
      expect(await problemOf(response)).toMatchObject({status: 403, code: 'device-removed'});
      return posted;
    }, 10_000);
    await expectNothingAccepted(refused);
    expect((await owner.log.accessLog()).leaves.map(({event}) => event.case)).toContain('deviceRemoved');
  });

  it('a device that nobody registered, with a key of its own: refused', async () => {
    const stranger = new CraftedRecords({...worn, key: newSigningKey(random)}, slot);
    const posted = stranger.next();
    expect(await problemOf(await post(one(posted)))).toMatchObject({status: 403, code: 'unknown-device'});
    await expectNothingAccepted(posted);
  });

  it('more than fits any quota: 413, send fewer. Over quota: 429 with Retry-After, before any effect; then it goes on', async () => {
    const fast = await registerDevice(office, await enrolPatient(office, slot - 100), slot - 50);
    const crafted = new CraftedRecords(fast, slot);
    // Copies of a number are charged too: each cost a signature's check.
    const never = [
      ...Array.from({length: 256}, (_, at) => crafted.make({sequence: BigInt(at + 1)})),
      crafted.make({sequence: 1n}),
    ];
    expect(await problemOf(await post(many(never), RECORDS))).toMatchObject({
      status: 413,
      code: 'too-many-records',
      retryAfter: null,
    });
    // Both at once, because the quota fills again by sixteen a second: one of them finds it empty.
    const bodies = [0, 1].map(() => Array.from({length: 256}, () => crafted.next()));
    const answers = await Promise.all(bodies.map((body) => post(many(body), RECORDS)));
    expect(answers.map(({status}) => status).toSorted((a, b) => a - b)).toEqual([202, 429]);
    const loser = answers.findIndex(({status}) => status === 429);
    expect(await problemOf(answers[loser] as Response)).toMatchObject({
      code: 'quota-exceeded',
      retryAfter: expect.stringMatching(/^[1-9]\d*$/),
    });
    const refused = bodies[loser] as PostedRecord[];
    for (const posted of [refused[0], refused[100], refused[255]]) await expectNothingAccepted(posted as PostedRecord);
    await eventually(
      async () => {
        expect((await post(one(refused[0] as PostedRecord))).status).toBe(202);
      },
      20_000,
      500,
    );
  });

  it('slow or half-sent bodies: time-out, and the next one is taken', async () => {
    for (const answer of await Promise.all([halfSent, dripped])) {
      expect(answer).toMatch(/^HTTP\/1.1 408 /);
      expect(answer).toContain('"code":"body-timeout"');
    }
    expect((await post(one(records.next()))).status).toBe(202);
  });

  it('a record after all that is anchored; the owner was alerted of nothing but what the ledger refused', async () => {
    const sealed = await registerDevice(office, owner, slot - 50);
    const [record] = await sealed.device.seal(HEART_RATE, readingsOf(slot - 2, 5));
    expect(record).toBeDefined();
    const bytes = fromHex(record?.posted ?? '');
    expect((await post(bytes)).status).toBe(202);
    expect(decodeCanonical(PostedRecordSchema, bytes).signature).toHaveLength(64);
    expect(await sealed.device.settleAll(60_000)).toHaveLength(1);
    await eventually(
      async () => {
        expect((await alertSubjects(owner, 'RECORD_REFUSED')).toSorted()).toEqual(raced.toSorted());
      },
      20_000,
      500,
    );
  });
});
