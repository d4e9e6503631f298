import {encodeCanonical, toHex} from '@vitalvault/contracts';
import {SkipEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {recordIdOfPosted, signSkip} from '@vitalvault/envelope';
import {harness} from '../../test/support/fakes.js';
import {CHAIN, NOW_MS, SLOT, device, deviceKey, patient, random, record, tag} from '../../test/support/records.js';

const given = {chainId: CHAIN, patient, device, registration: 1, sequence: 1n, typeTag: tag, tagSequence: 1n};
const entryOf = (change: Partial<typeof given> = {}, key = deviceKey.privateKey) =>
  signSkip({...given, ...change}, key);
const bodyOf = (change: Partial<typeof given> = {}, key = deviceKey.privateKey): Uint8Array =>
  encodeCanonical(SkipEntrySchema, entryOf(change, key));
const code = (run: Promise<unknown>): Promise<unknown> =>
  run.then(
    () => 'no error',
    (error: unknown) => (error as {code: string}).code,
  );

describe('AcceptSkip', () => {
  it("hands a device's skip on to storage, under the patient", async () => {
    const {skip, log, clock} = harness();
    expect(await skip.execute(bodyOf())).toBe(`${toHex(device)}/1/1`);
    expect(log.appended).toEqual([{patient, skip: entryOf(), acceptedAtMs: clock.ms}]);
  });

  it('takes it once, and no record under that number any more', async () => {
    const {skip, log, accept} = harness();
    await skip.execute(bodyOf());
    await skip.execute(bodyOf());
    expect(log.appended).toHaveLength(1);
    const [outcome] = await accept.execute([record()]);
    expect(outcome?.status === 'refused' && outcome.problem.code).toBe('sequence-conflict');
  });

  it("gives up a refused record's number, and no other record's", async () => {
    const {skip, accept, table, log} = harness();
    const posted = record();
    const [outcome] = await accept.execute([posted]);
    if (outcome?.status !== 'accepted') throw new Error('spec');
    expect(await code(skip.execute(bodyOf()))).toBe('sequence-conflict');
    for (const state of ['accepted', 'stored', 'anchored'] as const) {
      table.entries.set(`${toHex(device)}/1/1`, {recordId: recordIdOfPosted(posted), state, receipt: outcome.receipt});
      expect(await code(skip.execute(bodyOf()))).toBe('sequence-conflict');
    }
    table.entries.set(`${toHex(device)}/1/1`, {
      recordId: recordIdOfPosted(posted),
      state: 'refused',
      receipt: outcome.receipt,
      refusalCode: 126,
    });
    await skip.execute(bodyOf());
    expect(log.appended).toHaveLength(2);
    table.entries.set(`${toHex(device)}/1/1`, {recordId: recordIdOfPosted(posted), state: 'skipped'});
    await skip.execute(bodyOf());
    expect(log.appended).toHaveLength(2);
    const [late] = await accept.execute([posted]);
    expect(late?.status === 'refused' && late.problem.code).toBe('sequence-conflict');
  });

  it.each([
    ['wrong-chain', bodyOf({chainId: 'another'})],
    ['invalid-field', bodyOf({sequence: 0n})],
    ['invalid-field', bodyOf({typeTag: new Uint8Array(16)})],
    ['record-signature', bodyOf({}, random(32))],
    ['unknown-device', bodyOf({patient: random(20)})],
    ['wrong-tag', bodyOf({typeTag: random(16)})],
    ['sequence-too-far', bodyOf({sequence: 1_025n})],
    ['malformed', random(40)],
    ['malformed', new Uint8Array()],
  ])('refuses with %s', async (expected, body) => {
    const {skip, log} = harness();
    expect(await code(skip.execute(body))).toBe(expected);
    expect(log.appended).toEqual([]);
  });

  it('refuses a removed device, whose records of before may still come', async () => {
    const {skip, facts, log} = harness();
    if (facts.registered !== undefined)
      facts.registered = {...facts.registered, removed: {distrustFromSlot: SLOT, acceptsUntilMs: NOW_MS}};
    expect(await code(skip.execute(bodyOf()))).toBe('device-removed');
    expect(log.appended).toEqual([]);
  });

  it('says nothing is taken when Kafka is away, and takes it later', async () => {
    const {skip, log} = harness();
    log.fails = true;
    expect(await code(skip.execute(bodyOf()))).toBe('bus-unavailable');
    log.fails = false;
    await skip.execute(bodyOf());
    expect(log.appended).toHaveLength(1);
  });

  it('is refused before anything is asked when no more may wait', async () => {
    const {skip, log, facts} = harness();
    log.full = true;
    expect(await code(skip.execute(bodyOf()))).toBe('busy');
    log.full = false;
    expect([facts.asked, log.places]).toEqual([0, 0]);
    await skip.execute(bodyOf());
    expect(log.places).toBe(0);
  });

  it('is charged like a record', async () => {
    const {skip} = harness({device: 1});
    await skip.execute(bodyOf());
    expect(await code(skip.execute(bodyOf({sequence: 2n, tagSequence: 2n})))).toBe('quota-exceeded');
  });
});
