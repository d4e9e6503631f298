import {beforeAll, describe, expect, it} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {toHex} from '@vitalvault/contracts';
import {ApiClient, Clinician, HEART_RATE, MemoryNonceStore, VerifiedLedger, deviceIdOf, tagOf} from '@vitalvault/sdk';
import {eventually, idsIn} from '@vitalvault/testkit';
import {enrolClinician, enrolPatient, openOffice, random, readingsOf, registerDevice} from './platform/actors.js';
import type {DeviceActor, PatientActor} from './platform/actors.js';
import {RECORD} from './platform/crafted-records.js';
import {inDatabase, thePlatform} from './platform/platform.js';
import {effectsOf, spansOf} from './platform/span-file.js';
import type {FoundSpan} from './platform/span-file.js';

const NOTE = 'the wearer felt a flutter after lunch';

/** What must be found below the POST of a record, as "service span". */
const OF_A_READING: Record<string, RegExp> = {
  HTTP: /^ingest POST \/v1\/records$/,
  'Kafka, produced': /^ingest send vv\.records\.accepted\.v1$/,
  'Kafka, consumed': /^storage process vv\.records\.accepted\.v1$/,
  'IPFS, added': /^storage ipfs\.add$/,
  'IPFS, pinned': /^storage ipfs\.wait_pinned$/,
  'the transaction, submitted': /^storage storage\.anchor$/,
  'the ledger, FinalizeBlock': /^ledger-abci ledger\.finalize_(tx|block)$/,
  'the projection of its block': /^storage storage\.anchored$/,
  'gRPC ReleaseKeys, asked': /^storage vitalvault\.policy\.v1\.PolicyService\/ReleaseKeys$/,
  'gRPC ReleaseKeys, answered': /^policy PolicyGrpcController\/releaseKeys$/,
  'the alert': /^notify notify\.queue_alert$/,
};

/** And below the POST of an access request. */
const OF_AN_ACCESS: Record<string, RegExp> = {
  HTTP: /^policy POST \/v1\/transactions$/,
  'the transaction, submitted': /^policy policy\.broadcast_tx$/,
  'the ledger, FinalizeBlock': /^ledger-abci ledger\.finalize_(tx|block)$/,
  'the projection of its block': /^policy policy\.project_block$/,
  'Kafka, produced': /^policy send vv\.ledger\.events\.v1$/,
  'Kafka, consumed': /^notify process vv\.ledger\.events\.v1$/,
  'the alert': /^notify notify\.queue_alert$/,
};

describe("one reading's trace", () => {
  let file: string;
  let owner: PatientActor;
  let worn: DeviceActor;
  let secrets: Record<string, string>;
  let reading: FoundSpan[];
  let access: FoundSpan[];
  const traceId = toHex(random(16));
  const accessTraceId = toHex(random(16));

  /** Everything that the POST of a trace led to, once all stations are in the Collector's file. */
  const reached = (trace: string, stations: Record<string, RegExp>): Promise<FoundSpan[]> =>
    eventually(
      () => {
        const spans = spansOf(file);
        // A trace of ours, which links to the caller's.
        const root = spans.find(({linked, title}) => linked.includes(trace) && stations['HTTP']?.test(title));
        if (root === undefined) throw new Error('the POST has no span yet');
        const found = effectsOf(spans, root);
        const missing = Object.entries(stations)
          .filter(([, pattern]) => !found.some(({title}) => pattern.test(title)))
          .map(([name]) => name);
        if (missing.length > 0)
          throw new Error(
            `not reached: ${missing.join(', ')}; reached: ${[...new Set(found.map(({title}) => title))].join(', ')}`,
          );
        return found;
      },
      30_000,
      1_000,
    );
  const traceparent = (trace: string): string => `00-${trace}-${toHex(random(8))}-01`;

  beforeAll(async () => {
    const platform = thePlatform();
    file = platform.endpoints.traces ?? join(platform.data, 'otel', 'traces.jsonl');
    const office = await openOffice(platform);
    const now = await office.ledger.slot();
    const [patient, ada] = await Promise.all([enrolPatient(office, now - 100), enrolClinician(office)]);
    owner = patient;
    worn = await registerDevice(office, owner, now - 50);
    const [record] = await worn.device.seal(HEART_RATE, readingsOf(now - 5, 12, NOTE));
    const response = await fetch(`${platform.endpoints.services.ingest}/v1/records`, {
      method: 'POST',
      body: Buffer.from(record?.posted ?? '', 'hex'),
      headers: {'content-type': RECORD, traceparent: traceparent(traceId)},
    });
    expect(response.status).toBe(202);
    await worn.device.settleAll(60_000);
    const {grantId} = await owner.grants.put({
      grantee: ada.keys.member,
      types: [HEART_RATE],
      purposes: ['TREAT'],
      accessFromSlot: now - 2,
      accessToSlot: now + 24,
      dataFromSlot: now - 10,
      dataToSlot: now,
    });
    const api = new ApiClient({
      endpoints: platform.endpoints.services,
      organisation: platform.organisation,
      headers: () => ({traceparent: traceparent(accessTraceId)}),
    });
    const traced = new Clinician({
      keys: ada.keys,
      ledger: new VerifiedLedger({api, genesis: platform.genesis}),
      nonces: new MemoryNonceStore(),
    });
    const ticket = await traced.requestAccess({
      patient: owner.keys.patient,
      grantId,
      typeName: HEART_RATE,
      slotFrom: now - 6,
      slotTo: now - 4,
      purpose: 'TREAT',
      message: NOTE,
    });
    expect((await ada.clinician.fetch(ticket)).records.flatMap(({readings}) => readings)).toHaveLength(12);
    const tag = toHex(tagOf(owner.keys, HEART_RATE));
    const stored = await inDatabase(platform, 'storage', async (client) => {
      const {rows} = await client.query<{record_id: string; cid: string; tx_id: string}>(
        'SELECT record_id, cid, tx_id FROM records WHERE patient = $1',
        [owner.keys.patient],
      );
      return rows[0];
    });
    if (stored === undefined) throw new Error('storage has no record of hers');
    secrets = {
      "the record's id": stored.record_id,
      'the CID of its ciphertext': stored.cid,
      'the id of the transaction that anchored it': stored.tx_id,
      "the permit's transaction": ticket.txId,
      "the patient's id": owner.keys.patient,
      "the device's id": deviceIdOf(worn.key),
      "the type's name": 'heart-rate',
      "the type's tag": tag,
      'the plaintext': NOTE,
      "the grant's id": grantId,
      "the clinician's id": ada.keys.member,
      "the patient's key": owner.keys.signing.publicKey,
      'a word of the plaintext': 'flutter',
      "a reading's unit": 'beats/min',
    };
    reading = await reached(traceId, OF_A_READING);
    access = await reached(accessTraceId, OF_AN_ACCESS);
  });

  it.each(Object.entries(OF_A_READING))('leads from its POST, by parents and links, to %s', (_name, pattern) => {
    expect(reading.map(({title}) => title)).toContainEqual(expect.stringMatching(pattern));
  });

  it.each(Object.entries(OF_AN_ACCESS))("and an access's from its own POST to %s", (_name, pattern) => {
    expect(access.map(({title}) => title)).toContainEqual(expect.stringMatching(pattern));
  });

  it('has no span that nothing leads to', () => {
    const ids = new Set(reading.map(({id}) => id));
    const ours = reading.find(({linked}) => linked.includes(traceId))?.traceId;
    expect([ours === undefined, ours === traceId]).toEqual([false, false]);
    expect(
      spansOf(file)
        .filter((span) => span.traceId === ours && !ids.has(span.id))
        .map(({title}) => title),
    ).toEqual([]);
  });

  it('and no span of the system, in name, attribute or event, says who or what it was about', () => {
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(traceId);
    expect(idsIn(text, secrets)).toEqual([]);
  });

  const OURS = /^(?:ingest|storage|policy|notify|abci-\d+)$/;

  it('no line that a process of ours logged does', () => {
    const logs = Object.entries(thePlatform().endpoints.processes).filter(([name]) => OURS.test(name));
    expect(logs.length).toBeGreaterThanOrEqual(8);
    for (const [name, {log}] of logs) {
      const text = readFileSync(log, 'utf8');
      expect([name, text.length > 100]).toEqual([name, true]);
      expect([name, idsIn(text, secrets)]).toEqual([name, []]);
    }
  });

  it('and none of their metrics', async () => {
    const asked = Object.entries(thePlatform().endpoints.management);
    expect(asked.length).toBeGreaterThanOrEqual(4);
    for (const [name, url] of asked) {
      const text = await (await fetch(new URL('/metrics', url))).text();
      expect([name, text.includes('process_cpu_time_seconds')]).toEqual([name, true]);
      expect([name, idsIn(text, secrets)]).toEqual([name, []]);
    }
  });
});
