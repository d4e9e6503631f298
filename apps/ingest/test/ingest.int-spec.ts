import {decodeCanonical, encodeCanonical, toHex} from '@vitalvault/contracts';
import {SkipEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {SignedKeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {RecordState} from '@vitalvault/contracts/gen/storage/v1/storage';
import {recordIdOfPosted, signSkip} from '@vitalvault/envelope';
import {eventually} from '@vitalvault/testkit';
import {others, stored} from './support/fake-services.js';
import {CHAIN, device, deviceKey, patient, record, tag} from './support/records.js';
import {IngestSystem, ONE, entriesOf, inKafka, one, problemOf} from './ingest-system.js';

const system = new IngestSystem();
const {fresh, post} = system;
beforeAll(() => system.start());
afterAll(() => system.stop());

describe('POST /v1/skips', () => {
  it('hands a number that its device gives up on to storage', async () => {
    const number = ++system.sequence;
    const entry = signSkip(
      {chainId: CHAIN, patient, device, registration: 1, sequence: number, typeTag: tag, tagSequence: number},
      deviceKey.privateKey,
    );
    const send = (type: string, body: Uint8Array): Promise<Response> =>
      fetch(`${system.url}/v1/skips`, {method: 'POST', headers: {'content-type': type}, body: Buffer.from(body)});
    const body = encodeCanonical(SkipEntrySchema, entry);
    const response = await send('application/vnd.vitalvault.skip.v1+protobuf', body);
    expect([response.status, await response.json()]).toEqual([202, {chainId: CHAIN, status: 'accepted'}]);
    await eventually(() => expect(others.skips.map(({skip}) => toHex(skip))).toContain(toHex(entry.skip)));
    others.statuses.set(String(number), {
      found: true,
      state: RecordState.SKIPPED,
      height: 9n,
      txId: new Uint8Array(32).fill(1),
      logIndex: 4n,
    });
    expect(await (await fetch(system.url + (response.headers.get('location') ?? ''))).json()).toMatchObject({
      state: 'skipped',
      height: '9',
      logIndex: '4',
    });
    expect(await problemOf(await post(one(record({sequence: number, tagSequence: number}))))).toEqual([
      409,
      'sequence-conflict',
    ]);
    expect(await problemOf(await send(ONE, body))).toEqual([415, 'unsupported-content-type']);
    expect(await problemOf(await send('application/vnd.vitalvault.skip.v1+protobuf', body.slice(0, 50)))).toEqual([
      400,
      'malformed',
    ]);
  });
});

describe('receipts, statements, time', () => {
  it('knows a record before storage does, and says what storage says after', async () => {
    const posted = fresh();
    const [entry] = await entriesOf(await post(one(posted)));
    const receipt = async (): Promise<object> =>
      (await (await fetch(system.url + (entry?.location ?? ''))).json()) as object;
    expect(await receipt()).toEqual({state: 'accepted', recordId: entry?.recordId, receipt: entry?.receipt});
    const value = await eventually(() => others.accepted.find((found) => found.sequence === system.sequence)!.value);
    others.statuses.set(String(system.sequence), stored(value, recordIdOfPosted(posted)));
    expect(await receipt()).toEqual({
      state: 'stored',
      recordId: entry?.recordId,
      receipt: entry?.receipt,
      cid: 'bafkreitest',
      replicas: 2,
    });
    others.statuses.set(
      String(system.sequence),
      stored(value, recordIdOfPosted(posted), {
        state: RecordState.ANCHORED,
        height: 77n,
        txId: new Uint8Array(32).fill(5),
        logIndex: 0n,
      }),
    );
    expect(await receipt()).toMatchObject({state: 'anchored', height: '77', txId: '05'.repeat(32), logIndex: '0'});
    others.statuses.set(
      String(system.sequence),
      stored(value, recordIdOfPosted(posted), {state: RecordState.REFUSED, refusalCode: 126}),
    );
    expect(await receipt()).toMatchObject({state: 'refused', refusal: {code: 126, name: 'entryEpoch'}});
  });

  it('says what it does not know', async () => {
    expect(await problemOf(await fetch(`${system.url}/v1/receipts/${toHex(device)}/1/999999`))).toEqual([
      404,
      'receipt-not-found',
    ]);
    expect(await problemOf(await fetch(`${system.url}/v1/receipts/${toHex(device)}/1/0`))).toEqual([
      400,
      'invalid-field',
    ]);
    expect(await problemOf(await fetch(`${system.url}/v1/receipts/${toHex(device)}/4294967296/1`))).toEqual([
      400,
      'invalid-field',
    ]);
    expect(await problemOf(await fetch(`${system.url}/v1/nothing`))).toEqual([404, 'route-not-found']);
  });

  it('hands on epoch statements, never from before the height that is asked for', async () => {
    const path = `${system.url}/v1/patients/${toHex(patient)}/epoch-statements`;
    expect(await (await fetch(`${path}?typeTag=${toHex(tag)}&atLeast=12`)).json()).toMatchObject({
      statements: [expect.stringMatching(/^[0-9a-f]+$/)],
      atHeight: '12',
    });
    expect(await problemOf(await fetch(`${path}?atLeast=13`))).toEqual([503, 'behind']);
    expect(await problemOf(await fetch(`${path}?typeTag=xx`))).toEqual([400, 'invalid-field']);
  });

  it('hands on successions after the number that is known, never from before the height that is asked for', async () => {
    const path = `${system.url}/v1/patients/${toHex(patient)}/successions`;
    const first = async (query: string): Promise<number | undefined> => {
      const {successions, atHeight} = (await (await fetch(`${path}${query}`)).json()) as {
        successions: string[];
        atHeight: string;
      };
      expect(atHeight).toBe('12');
      const {succession} = decodeCanonical(SignedKeySuccessionSchema, Buffer.from(successions[0] ?? '', 'hex'));
      return succession[0];
    };
    expect(await first('')).toBe(0);
    expect(await first('?after=0')).toBe(0);
    expect(await first('?after=7&atLeast=12')).toBe(7);
    expect(await first('?after=4294967295')).toBe(255);
    expect(await problemOf(await fetch(`${path}?atLeast=13`))).toEqual([503, 'behind']);
    for (const query of ['?after=4294967296', '?after=-1', '?after=x', '?n=1'])
      expect(await problemOf(await fetch(`${path}${query}`))).toEqual([400, 'invalid-field']);
  });

  it('tells the time', async () => {
    const {unixMs, slot} = (await (await fetch(`${system.url}/v1/time`)).json()) as {unixMs: string; slot: number};
    expect(Math.abs(Number(unixMs) - Date.now())).toBeLessThan(2_000);
    expect(slot).toBe(Math.floor(Number(unixMs) / 3_600_000));
  });
});

describe('what the ledger changes', () => {
  it('forgets a device when its removal is told, long before its memory ends', async () => {
    expect((await post(one(fresh()))).status).toBe(202);
    const before = others.devicesAsked;
    expect((await post(one(fresh()))).status).toBe(202);
    expect(others.devicesAsked).toBe(before);
    await system.removeDevice();
    await eventually(async () => expect(await problemOf(await post(one(fresh())))).toEqual([403, 'device-removed']));
    await system.removeDevice(false);
    system.sequence += 100n;
    await eventually(async () => expect((await post(one(fresh()))).status).toBe(202));
  });
});

describe('when something is away', () => {
  /** It stays ready: what needs none of these is answered. */
  const waits = async (): Promise<object> => {
    const [status, body] = await system.host.readyz();
    expect(status).toBe(200);
    const {degraded = []} = body as {degraded?: {part: string; reason: string}[]};
    return Object.fromEntries(degraded.map(({part, reason}) => [part, reason]));
  };

  it('takes nothing while storage is too far behind', async () => {
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    others.backlogMs = 4n * 86_400_000n;
    const refused = await post(one(fresh()));
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(await problemOf(refused)).toEqual([503, 'storage-behind']);
    others.backlogMs = 0n;
    await eventually(async () => expect((await post(one(fresh()))).status).toBe(202), 8_000);
  });

  it('tells that its clock is another than that of storage, and takes records all the same', async () => {
    others.clockAheadMs = -3_600_000;
    await eventually(async () =>
      expect(await system.host.readyz()).toMatchObject([
        200,
        {degraded: [{part: 'clock', reason: "this clock is 3600 s behind storage's"}]},
      ]),
    );
    expect((await post(one(fresh()))).status).toBe(202);
    others.clockAheadMs = 0;
  });

  it('acknowledges nothing without Kafka, and the same bytes when it is back', async () => {
    await system.engines.control('kill', 'kafka');
    const posted = fresh();
    const started = Date.now();
    expect(await problemOf(await post(one(posted)))).toEqual([503, 'bus-unavailable']);
    expect(Date.now() - started).toBeLessThan(8_000);
    expect(
      await problemOf(await fetch(`${system.url}/v1/receipts/${toHex(device)}/1/${String(system.sequence)}`)),
    ).toEqual([404, 'receipt-not-found']);
    await eventually(
      async () =>
        expect(await waits()).toMatchObject({kafka: expect.stringMatching(/^bus-unavailable: nobody listens there$/)}),
      10_000,
    );
    await system.engines.control('start', 'kafka');
    const response = await eventually(async () => {
      const answer = await post(one(posted));
      expect(answer.status).toBe(202);
      return answer;
    }, 30_000);
    const [entry] = await entriesOf(response);
    expect(entry?.status).toBe('accepted');
    await eventually(() => expect(inKafka(posted)).toBeGreaterThanOrEqual(1), 20_000);
    const receipts = new Set(
      others.accepted
        .filter((found) => found.sequence === system.sequence)
        .map(({value}) => toHex(encodeCanonical(SignedAcceptedSchema, value.receipt!))),
    );
    expect([...receipts]).toEqual([entry?.receipt]);
  });

  it('takes nothing without policy and storage, and says who is missing', async () => {
    await system.stopOthers();
    expect(await problemOf(await post(one(fresh({registration: 3}))))).toEqual([
      503,
      expect.stringMatching(/^(policy|storage)-unavailable$/),
    ]);
    expect(await waits()).toEqual({
      policy: expect.stringMatching(/^policy-unavailable/),
      storage: expect.stringMatching(/^storage-unavailable/),
    });
    expect(await problemOf(await fetch(`${system.url}/v1/patients/${toHex(patient)}/epoch-statements`))).toEqual([
      503,
      'policy-unavailable',
    ]);
    await system.startOthers();
    await eventually(async () => expect((await post(one(fresh()))).status).toBe(202), 10_000);
  });
});
