import {describe, expect, it} from '@jest/globals';
import {NO_TERMS, decodeCanonical, fromHex, sha256Of, toHex} from '@vitalvault/contracts';
import {AlertKind, LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import {openReleaseBundle} from '@vitalvault/envelope';
import {Kafka, logLevel} from 'kafkajs';
import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import pg from 'pg';
import {idOf} from '../../src/domain/record-checks.js';
import {clinician, clinicianId, device, grantId, grantPath, patient, patientId, readerBox} from '../policy-people.js';
import {until} from '../policy-story.js';
import type {PolicyStory} from '../policy-story.js';

/** What a permit opens, until the grant is revoked; and what others hear of all this. */
export function releaseCases(story: PolicyStory): void {
  describe('release', () => {
    it('gives the inner keys to the reader, after the alert', async () => {
      const {bundle} = await story.release(story.permit);
      const innerKeys = await openReleaseBundle(
        {
          chainId: story.chainId,
          txId: fromHex(story.permit),
          organisation: fromHex(story.system.organisationId),
          recordIds: story.records.map(idOf),
        },
        readerBox.privateKey,
        bundle,
      );
      expect(innerKeys.map((key) => toHex(sha256Of(key)))).toEqual(
        story.records.map(({innerKeyHash}) => toHex(innerKeyHash)),
      );
      expect(story.system.alerts).toMatchObject([{kind: AlertKind.ACCESS_PERMITTED, subject: fromHex(story.permit)}]);
    });

    it('gives nothing for a refusal, for what was altered, without notify', async () => {
      await expect(story.release(story.refusal)).rejects.toMatchObject({code: 'access-refused'});
      await expect(
        story.release(story.permit, [{...story.records[0], logIndex: 1n} as RecordToRelease]),
      ).rejects.toMatchObject({code: 'release-mismatch'});
      story.system.notifyAway = true;
      await expect(story.release(story.permit)).rejects.toMatchObject({code: 'notify-unavailable'});
      story.system.notifyAway = false;
    });

    it('a forged row of the projection opens nothing', async () => {
      const database = new pg.Client({connectionString: story.system.engines.databaseUrl('vv_policy')});
      await database.connect();
      const swap = () =>
        database.query(
          'UPDATE access_leaves SET value = CASE tx_id WHEN $1 THEN (SELECT value FROM access_leaves WHERE tx_id = $2) ELSE value END, leaf_index = leaf_index WHERE tx_id = $1',
          [story.refusal, story.permit],
        );
      const {
        rows: [before],
      } = await database.query<{value: Buffer}>('SELECT value FROM access_leaves WHERE tx_id = $1', [story.refusal]);
      await swap();
      await expect(story.release(story.refusal)).rejects.toMatchObject({code: 'access-refused'});
      await database.query('UPDATE access_leaves SET value = $2 WHERE tx_id = $1', [story.refusal, before?.value]);
      await database.end();
    });

    it('a complaint about what was released is an alert, once', async () => {
      const complaint = {
        txId: story.permit,
        recordId: toHex(idOf(story.records[0] as RecordToRelease)),
        finding: 'hash: something',
      };
      const send = (signer = clinician) => story.system.call('POST', '/v1/complaints', {signer, body: complaint});
      expect([(await send()).status, (await send()).status, (await send(patient)).status]).toEqual([202, 202, 403]);
      expect(
        await story.system.call('POST', '/v1/complaints', {signer: clinician, body: {...complaint, more: 1}}),
      ).toMatchObject({status: 400, json: {code: 'invalid-field'}});
    });

    it('ends with the revocation', async () => {
      await story.system.run({case: 'putGrant', value: {patient: patient.id, grantId, version: 2, ...NO_TERMS}}, [
        patient,
      ]);
      await expect(story.release(story.permit)).rejects.toMatchObject({code: 'permit-ended'});
      expect(await story.system.call('GET', grantPath, {signer: clinician})).toMatchObject({status: 404});
    });
  });

  describe('what others hear', () => {
    it('one event per leaf reaches Kafka, in order, with a trace', async () => {
      const kafka = new Kafka({
        clientId: 'spec',
        brokers: [story.system.engines.endpoints.kafka],
        logLevel: logLevel.NOTHING,
      });
      const consumer = kafka.consumer({groupId: `spec-${randomBytes(4).toString('hex')}`});
      await consumer.connect();
      await consumer.subscribe({topic: 'vv.ledger.events.v1', fromBeginning: true});
      const events: {key: string; height: bigint; headers: string[]; code: number}[] = [];
      await consumer.run({
        eachMessage: ({message}) => {
          const event = decodeCanonical(LedgerEventSchema, message.value ?? Buffer.alloc(0));
          events.push({
            key: (message.key ?? Buffer.alloc(0)).toString('hex'),
            height: event.height,
            code: event.code,
            headers: Object.keys(message.headers ?? {}).sort(),
          });
          return Promise.resolve();
        },
      });
      await until(() => events.length >= 7);
      await consumer.disconnect();
      const hers = events.filter(({key}) => key === patientId);
      expect(hers).toHaveLength(7);
      expect(hers.map(({height}) => height)).toEqual(hers.map(({height}) => height).toSorted((a, b) => Number(a - b)));
      expect(hers[0]?.headers).toEqual(['content-type', 'message-id', 'traceparent']);
    });

    it('the projection links to the request, and no identifier of a patient is in spans or logs', async () => {
      const {traces = '', processes} = story.system.engines.endpoints;
      await until(async () => (await readFile(traces, 'utf8')).includes('policy.project_block'));
      const spans = (await readFile(traces, 'utf8'))
        .split('\n')
        .filter(Boolean)
        .flatMap((line) =>
          (
            JSON.parse(line) as {
              resourceSpans: {scopeSpans: {spans: {name: string; traceId: string; links?: {traceId: string}[]}[]}[]}[];
            }
          ).resourceSpans.flatMap(({scopeSpans}) => scopeSpans.flatMap((scope) => scope.spans)),
        );
      const posts = new Set(spans.filter(({name}) => name === 'POST /v1/transactions').map(({traceId}) => traceId));
      const linked = spans
        .filter(({name}) => name === 'policy.project_block')
        .flatMap(({links = []}) => links.map(({traceId}) => traceId));
      expect(linked.length).toBeGreaterThan(5);
      expect(linked.every((traceId) => posts.has(traceId))).toBe(true);
      const log = await readFile(processes['policy']?.log ?? '', 'utf8');
      for (const text of [await readFile(traces, 'utf8'), log])
        for (const secret of [patientId, toHex(device.id), clinicianId]) expect(text.includes(secret)).toBe(false);
    });
  });
}
