import {toHex} from '@vitalvault/contracts';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {openAccepted, recordIdOfPosted, signDigest} from '@vitalvault/envelope';
import {harness, signer} from '../../test/support/fakes.js';
import type {FakeFacts} from '../../test/support/fakes.js';
import {NOW_MS, SLOT, device, numbered, organisation, patient, random, record} from '../../test/support/records.js';
import type {RecordOutcome} from './accept-records.js';

const statuses = (outcomes: readonly RecordOutcome[]): string[] =>
  outcomes.map((outcome) => (outcome.status === 'refused' ? outcome.problem.code : outcome.status));
const receiptOf = (outcome: RecordOutcome | undefined) => {
  if (outcome === undefined || outcome.status === 'refused') throw new Error('no receipt');
  return outcome.receipt;
};
const code = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => 'no error',
    (error: unknown) => (error as {code: string}).code,
  );

const remove = (facts: FakeFacts, acceptsUntilMs: number): void => {
  if (facts.registered === undefined) throw new Error('nothing is registered');
  facts.registered = {...facts.registered, removed: {distrustFromSlot: SLOT, acceptsUntilMs}};
};

describe('AcceptRecords', () => {
  it('hands out a receipt that the ingest key signed over this very record', async () => {
    const {accept, log} = harness();
    const posted = record();
    const [outcome] = await accept.execute([posted]);
    const accepted = openAccepted(receiptOf(outcome), {alg: 1, publicKey: signer.publicKey});
    expect(accepted).toMatchObject({chainId: 'vv-spec', registration: 1, sequence: 1n, acceptedAtMs: BigInt(NOW_MS)});
    expect([accepted.organisation, accepted.recordId, accepted.device].map(toHex)).toEqual(
      [organisation, recordIdOfPosted(posted), device].map(toHex),
    );
    expect(log.appended).toHaveLength(1);
    expect(log.appended[0]).toMatchObject({patient, record: posted, receipt: receiptOf(outcome)});
  });

  it('acknowledges nothing before the log has it', async () => {
    const {accept, log} = harness();
    const gate = Promise.withResolvers<undefined>();
    log.gate = gate.promise;
    let answered = false;
    const running = accept.execute([record()]).then(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answered).toBe(false);
    gate.resolve(undefined);
    await running;
    expect(answered).toBe(true);
  });

  it.each([
    ['unknown-device', {registered: undefined}],
    ['policy-unavailable', {away: true}],
  ])('%s, by what policy says', async (expected, facts) => {
    const {accept, facts: fake, log} = harness();
    Object.assign(fake, facts);
    const outcome = await accept.execute([record()]).then(
      (outcomes) => statuses(outcomes)[0],
      (error: unknown) => (error as {code: string}).code,
    );
    expect(outcome).toBe(expected);
    expect(log.appended).toHaveLength(0);
  });

  it.each([
    ['wrong-tag', {typeTag: random(16)}],
    ['unknown-device', {patient: random(20)}],
    ['slot-out-of-range', {slot: SLOT - 101}],
    ['slot-out-of-range', {slot: SLOT + 2}],
    ['unknown-epoch', {epoch: 2}],
    ['unknown-epoch', {slot: SLOT - 51}],
    ['unknown-release-key', {releaseKeyId: random(20)}],
    ['wrong-chain', {chainId: 'another'}],
    ['wrong-version', {version: 2}],
    ['invalid-field', {count: 65}],
  ])('refuses with %s a record with %j', async (expected, header) => {
    const {accept, log} = harness();
    expect(statuses(await accept.execute([record(header)]))).toEqual([expected]);
    expect(log.appended).toHaveLength(0);
  });

  it('takes the next hour, because clocks differ', async () => {
    const {accept} = harness();
    expect(statuses(await accept.execute([record({slot: SLOT + 1})]))).toEqual(['accepted']);
  });

  it('refuses a signature by another key, and the high-S twin of a good one', async () => {
    const {accept, log} = harness();
    const posted = record();
    const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const high = (n - BigInt(`0x${toHex(posted.signature.slice(32))}`)).toString(16).padStart(64, '0');
    const twin = {...posted, signature: Buffer.concat([posted.signature.slice(0, 32), Buffer.from(high, 'hex')])};
    const other = {...posted, signature: signDigest(random(32), recordIdOfPosted(posted))};
    expect(statuses(await accept.execute([twin, other]))).toEqual(['record-signature', 'record-signature']);
    expect(log.appended).toHaveLength(0);
  });

  it('refuses a removed device from the slot that its owner named, not before', async () => {
    const {accept, facts} = harness();
    remove(facts, NOW_MS);
    expect(
      statuses(await accept.execute([record({slot: SLOT, sequence: 1n}), record({slot: SLOT - 1, sequence: 2n})])),
    ).toEqual(['device-removed', 'accepted']);
  });

  it('refuses a removed device altogether when its grace is over', async () => {
    const {accept, facts} = harness();
    remove(facts, NOW_MS - 1);
    expect(statuses(await accept.execute([record({slot: SLOT - 1})]))).toEqual(['device-removed']);
  });

  it('answers per record: a bad one refuses itself alone', async () => {
    const {accept, log} = harness();
    const outcomes = await accept.execute([...numbered(1), record({sequence: 2n, count: 0}), ...numbered(3)]);
    expect(statuses(outcomes)).toEqual(['accepted', 'invalid-field', 'accepted']);
    expect(log.appended).toHaveLength(2);
  });
});

describe('numbers', () => {
  it('gives the same bytes the same receipt, and other bytes under the number a conflict', async () => {
    const {accept, log, clock} = harness();
    const posted = record();
    const [first] = await accept.execute([posted]);
    clock.ms += 5_000;
    const [again] = await accept.execute([posted]);
    expect(again?.status).toBe('duplicate');
    expect(receiptOf(again)).toEqual(receiptOf(first));
    expect(statuses(await accept.execute([record()]))).toEqual(['sequence-conflict']);
    expect(log.appended).toHaveLength(1);
  });

  it('knows from storage what a process before it accepted', async () => {
    const before = harness();
    const posted = record();
    const receipt = receiptOf((await before.accept.execute([posted]))[0]);
    const {accept, table, log} = harness();
    table.entries.set(`${toHex(device)}/1/1`, {recordId: recordIdOfPosted(posted), state: 'anchored', receipt});
    const [again] = await accept.execute([posted]);
    expect(receiptOf(again)).toBe(receipt);
    expect(statuses(await accept.execute([record()]))).toEqual(['sequence-conflict']);
    expect(log.appended).toHaveLength(0);
  });

  it('takes a number twice in one body once', async () => {
    const {accept, log} = harness();
    const posted = record();
    expect(statuses(await accept.execute([posted, posted, record()]))).toEqual([
      'accepted',
      'duplicate',
      'sequence-conflict',
    ]);
    expect(log.appended).toHaveLength(1);
  });

  it('lets two requests with the same record in flight share one receipt', async () => {
    const {accept, log} = harness();
    const gate = Promise.withResolvers<undefined>();
    log.gate = gate.promise;
    const [posted, other] = [record(), record()];
    const running = Promise.all([accept.execute([posted]), accept.execute([posted]), accept.execute([other])]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.resolve(undefined);
    const [[a], [b], [c]] = await running;
    expect([a?.status, b?.status]).toEqual(['accepted', 'duplicate']);
    expect(receiptOf(b)).toEqual(receiptOf(a));
    expect(c?.status === 'refused' && c.problem.code).toBe('sequence-conflict');
    expect(log.appended).toHaveLength(1);
  });

  it("does not let two requests that hold each other's numbers wait for ever", async () => {
    const {accept} = harness();
    const [one, two] = numbered(1, 2);
    if (one === undefined || two === undefined) throw new Error('spec');
    const [left, right] = await Promise.all([accept.execute([one, two]), accept.execute([two, one])]);
    expect([...statuses(left), ...statuses(right)].sort()).toEqual(['accepted', 'accepted', 'duplicate', 'duplicate']);
  });

  it('refuses what is above the window of 1,024, and tells which number the ledger waits for', async () => {
    const {accept, table, log} = harness();
    const [taken, refused] = await accept.execute(numbered(1_024, 1_025));
    expect(taken?.status).toBe('accepted');
    expect(refused).toMatchObject({status: 'refused', problem: {code: 'sequence-too-far', meta: {lowestOpen: '1'}}});
    expect(log.appended).toHaveLength(1);
    table.lowestOpen = 2n;
    expect(statuses(await accept.execute(numbered(1_025)))).toEqual(['accepted']);
  });

  it('refuses nothing for its number while storage is away: 503 and nothing taken', async () => {
    const {accept, table, log} = harness();
    table.away = true;
    expect(await code(accept.execute([record()]))).toBe('storage-unavailable');
    expect(log.appended).toHaveLength(0);
  });
});

describe('when Kafka is away', () => {
  it('acknowledges nothing, and gives the same bytes one receipt when it is back', async () => {
    const {accept, log, clock, recent} = harness();
    const posted = record();
    log.fails = true;
    expect(await code(accept.execute([posted]))).toBe('bus-unavailable');
    const made = [...(recent.get(`${toHex(device)}/1/1`)?.receipt?.accepted ?? [])];
    log.fails = false;
    clock.ms += 60_000;
    const [again] = await accept.execute([posted]);
    expect(again?.status).toBe('accepted');
    expect([...receiptOf(again).accepted]).toEqual(made);
  });

  it('tells requests that waited for the same record too', async () => {
    const {accept, log} = harness();
    log.fails = true;
    const posted = record();
    expect(await Promise.all([code(accept.execute([posted])), code(accept.execute([posted]))])).toEqual([
      'bus-unavailable',
      'bus-unavailable',
    ]);
  });
});

describe('when no more may wait', () => {
  it('says so before anything is done: nothing asked, charged, numbered or signed', async () => {
    const {accept, log, facts, table, recent} = harness({device: 1});
    log.full = true;
    await expect(accept.execute([record()])).rejects.toMatchObject({code: 'busy', retryAfterSeconds: 2});
    expect([facts.asked, table.backlogAsked, recent.get(`${toHex(device)}/1/1`)]).toEqual([0, 0, undefined]);
    log.full = false;
    expect(statuses(await accept.execute([record()]))).toEqual(['accepted']);
  });

  it('gives its room back, whatever came of it', async () => {
    const {accept, log, facts} = harness();
    await accept.execute([record(), record({count: 0})]);
    log.fails = true;
    await code(accept.execute(numbered(2)));
    facts.away = true;
    await code(accept.execute([record({registration: 2})]));
    expect(log.places).toBe(0);
  });
});

describe('quota', () => {
  it('refuses the whole request before any effect, says when, and takes it then', async () => {
    const {accept, log, clock} = harness({device: 4});
    await accept.execute(numbered(1, 2, 3));
    const refusal = await accept
      .execute(numbered(4, 5))
      .catch((error: unknown) => error as {code: string; retryAfterSeconds: number});
    expect(refusal).toMatchObject({code: 'quota-exceeded', retryAfterSeconds: 1});
    expect(log.appended).toHaveLength(3);
    clock.ms += 1_000;
    expect(statuses(await accept.execute(numbered(4, 5)))).toEqual(['accepted', 'accepted']);
  });

  it('charges the owner for all of her devices', async () => {
    const {accept} = harness({owner: 2});
    await accept.execute(numbered(1, 2));
    expect(await code(accept.execute(numbered(3)))).toBe('quota-exceeded');
  });

  it('holds over processes: one owner gets through three of them what she gets through one', async () => {
    const first = harness({owner: 4});
    const processes = [first, harness({owner: 4}, first), harness({owner: 4}, first)];
    const taken: unknown[] = [];
    for (let sequence = 1; sequence <= 12; sequence++)
      taken.push(await code(processes[sequence % 3]?.accept.execute(numbered(sequence)) ?? Promise.resolve()));
    expect(taken.filter((one) => one === 'no error')).toHaveLength(4);
    expect(new Set(taken)).toEqual(new Set(['no error', 'quota-exceeded']));
  });

  it('says of a body that no waiting makes fit that it is too large, not that one should wait', async () => {
    const {accept, log} = harness({owner: 2});
    await expect(accept.execute(numbered(1, 2, 3))).rejects.toMatchObject({code: 'too-many-records', retryable: false});
    expect(log.appended).toEqual([]);
  });

  it.each<[string, (first: PostedRecord, other: PostedRecord) => PostedRecord[]]>([
    ['posted again', (first) => [first]],
    ['other bytes under its number', (_first, other) => [other]],
    ['many times in one body', (first, other) => [first, first, other]],
  ])('charges each that was verified, whatever becomes of it: %s', async (_what, again) => {
    const {accept} = harness({device: 6});
    const [first, other] = [record(), record()];
    expect(statuses(await accept.execute([first]))).toEqual(['accepted']);
    const body = again(first, other);
    for (let charged = 1; charged + body.length <= 6; charged += body.length) await accept.execute(body);
    expect(await code(accept.execute(body))).toBe('quota-exceeded');
    expect(await code(accept.execute(numbered(2, 3, 4)))).toBe('quota-exceeded');
  });

  it('charges a record that another request is working on', async () => {
    const {accept, log} = harness({device: 2});
    const gate = Promise.withResolvers<undefined>();
    log.gate = gate.promise;
    const posted = record();
    const running = Array.from({length: 4}, () => code(accept.execute([posted])));
    await new Promise((resolve) => setTimeout(resolve, 20));
    gate.resolve(undefined);
    expect((await Promise.all(running)).toSorted()).toEqual([
      'no error',
      'no error',
      'quota-exceeded',
      'quota-exceeded',
    ]);
  });

  it("cannot be spent by somebody who does not hold the device's key", async () => {
    const {accept} = harness({device: 1});
    for (let i = 0; i < 5; i++) await accept.execute([record({}, {signature: new Uint8Array(64)})]);
    expect(statuses(await accept.execute([record()]))).toEqual(['accepted']);
  });
});

describe('backlog', () => {
  it('takes nothing when storage is behind by more than half of the retention', async () => {
    const {accept, table, log, clock} = harness();
    table.backlog = 30_001;
    expect(await code(accept.execute([record()]))).toBe('storage-behind');
    expect(log.appended).toHaveLength(0);
    table.backlog = 30_000;
    clock.ms += 3_001;
    expect(statuses(await accept.execute([record()]))).toEqual(['accepted']);
  });

  it('does not ask storage for every request', async () => {
    const {accept, table} = harness();
    for (const one of numbered(1, 2, 3)) await accept.execute([one]);
    expect(table.backlogAsked).toBe(1);
  });
});
