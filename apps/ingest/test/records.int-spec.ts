import {TOPICS, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {fromBinary} from '@bufbuild/protobuf';
import {openAccepted, recordIdOfPosted} from '@vitalvault/envelope';
import {contentDigest} from '@vitalvault/http';
import {eventually} from '@vitalvault/testkit';
import {connect} from 'node:net';
import {others} from './support/fake-services.js';
import {CHAIN, SLOT, device, organisation, patient, random, record, tag} from './support/records.js';
import {IngestSystem, MANY, ONE, entriesOf, inKafka, many, one, problemOf} from './ingest-system.js';
import type {Entry} from './ingest-system.js';

const system = new IngestSystem();
const {exporter, fresh, post, telemetry} = system;
beforeAll(() => system.start());
afterAll(() => system.stop());

describe('POST /v1/records', () => {
  it('answers with a receipt when the record is in Kafka, under the patient, in one trace', async () => {
    const posted = fresh();
    const response = await post(one(posted), ONE, {'content-digest': contentDigest(one(posted))});
    expect(response.status).toBe(202);
    const body = (await response.json()) as {chainId: string; records: [Entry]};
    const [entry] = body.records;
    expect(body.chainId).toBe(CHAIN);
    expect(entry).toMatchObject({
      status: 'accepted',
      recordId: toHex(recordIdOfPosted(posted)),
      location: `/v1/receipts/${toHex(device)}/1/${String(system.sequence)}`,
    });
    expect(response.headers.get('location')).toBe(entry.location);
    const accepted = openAccepted(fromBinary(SignedAcceptedSchema, fromHex(entry.receipt)), {
      alg: 1,
      publicKey: system.ingestKey.publicKey,
    });
    expect([toHex(accepted.recordId), toHex(accepted.organisation)]).toEqual([entry.recordId, toHex(organisation)]);
    const found = await eventually(() => {
      const match = others.accepted.find((one_) => one_.sequence === system.sequence);
      if (match === undefined) throw new Error('not in Kafka yet');
      return match;
    });
    expect(found.key).toBe(toHex(patient));
    expect(Buffer.from(encodeCanonical(SignedAcceptedSchema, found.value.receipt!)).toString('hex')).toBe(
      entry.receipt,
    );
    await telemetry.flush();
    const traceId = found.traceparent?.split('-')[1] ?? '';
    const names = exporter
      .getFinishedSpans()
      .filter((span) => span.spanContext().traceId === traceId)
      .map(({name}) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'POST /v1/records',
        `send ${TOPICS.recordsAccepted}`,
        'vitalvault.policy.v1.PolicyService/GetRegistrations',
        'vitalvault.storage.v1.StorageService/AdmitNumbers',
      ]),
    );
    const spans = JSON.stringify(exporter.getFinishedSpans().map(({name, attributes}) => ({name, attributes})));
    for (const id of [patient, device, recordIdOfPosted(posted), tag]) expect(spans).not.toContain(toHex(id));
  });

  it('gives the same bytes the same receipt, other bytes a conflict', async () => {
    const posted = fresh();
    const [first] = await entriesOf(await post(one(posted)));
    const again = await post(one(posted));
    expect(again.status).toBe(202);
    expect(await entriesOf(again)).toEqual([{...first, status: 'duplicate'}]);
    expect(await problemOf(await post(one(record({sequence: system.sequence, tagSequence: system.sequence}))))).toEqual(
      [409, 'sequence-conflict'],
    );
    await eventually(() => expect(inKafka(posted)).toBe(1));
  });

  it('answers each record of a body by itself', async () => {
    const [good, strange, late] = [fresh(), fresh({typeTag: random(16)}), fresh()];
    const response = await post(many(good, strange, late), MANY);
    expect(response.status).toBe(207);
    const entries = await entriesOf(response);
    expect(entries.map(({status, problem}) => problem?.code ?? status)).toEqual(['accepted', 'wrong-tag', 'accepted']);
    await eventually(() => expect([good, strange, late].map(inKafka)).toEqual([1, 0, 1]));
  });

  it('takes a body of a mebibyte, which is more than Kafka takes at once', async () => {
    const records = Array.from({length: 15}, () => fresh({}, {ciphertext: random(65_536)}));
    const response = await post(many(...records), MANY);
    expect(response.status).toBe(202);
    await eventually(() => expect(records.map(inKafka)).toEqual(records.map(() => 1)));
  });
});

describe('what is refused, and never reaches Kafka', () => {
  const high = (posted: PostedRecord): PostedRecord => {
    const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = (n - BigInt(`0x${toHex(posted.signature.slice(32))}`)).toString(16).padStart(64, '0');
    return {...posted, signature: Buffer.concat([posted.signature.slice(0, 32), Buffer.from(s, 'hex')])};
  };
  const flip = (posted: PostedRecord): PostedRecord => ({
    ...posted,
    ciphertext: posted.ciphertext.map((byte, index) => (index === 99 ? byte ^ 1 : byte)),
  });

  it.each<[number, string, string, () => Promise<Response>]>([
    [413, 'body-too-large', 'a body above a mebibyte', () => post(random(1_048_577), MANY)],
    [413, 'body-too-large', 'one record above what one can be', () => post(random(67_000))],
    [415, 'unsupported-content-type', 'JSON', () => post(Buffer.from('{}'), 'application/json')],
    [
      415,
      'unsupported-content-type',
      'another type of ours',
      () => post(one(fresh()), 'application/vnd.vitalvault.tx.v1+protobuf'),
    ],
    [415, 'unsupported-content-type', 'text', () => post(Buffer.from('hello'), 'text/plain')],
    [400, 'malformed', 'nothing', () => post(new Uint8Array())],
    [400, 'malformed', 'no record', () => post(new Uint8Array(), MANY)],
    [400, 'malformed', 'noise', () => post(new Uint8Array(500).fill(0xff))],
    [
      400,
      'malformed',
      'a second encoding of the same',
      () => post(Buffer.concat([one(fresh()), Buffer.from('0a00', 'hex')])),
    ],
    [400, 'unknown-field', 'an unknown field', () => post(Buffer.concat([one(fresh()), Buffer.from('f80101', 'hex')]))],
    [
      400,
      'unknown-field',
      'an unknown field in the header',
      () => {
        const posted = fresh();
        return post(one(record({}, {header: Buffer.concat([posted.header, Buffer.from('f80101', 'hex')])})));
      },
    ],
    [
      400,
      'digest-mismatch',
      'another body than its digest',
      () => post(one(fresh()), ONE, {'content-digest': contentDigest(Buffer.from('x'))}),
    ],
    [400, 'digest-mismatch', 'a digest that is none', () => post(one(fresh()), ONE, {'content-digest': 'md5=:AAAA:'})],
    [400, 'wrong-version', 'version 2', () => post(one(fresh({version: 2})))],
    [400, 'wrong-chain', 'another chain', () => post(one(fresh({chainId: 'mainnet'})))],
    [400, 'invalid-field', 'a size that is no class', () => post(one(fresh({}, {ciphertext: random(300)})))],
    [400, 'invalid-field', 'the zero tag', () => post(one(fresh({typeTag: new Uint8Array(16)})))],
    [400, 'invalid-field', 'number 0', () => post(one(record({sequence: 0n})))],
    [400, 'record-signature', 'a changed ciphertext', () => post(one(flip(fresh())))],
    [400, 'record-signature', 'a high-S signature', () => post(one(high(fresh())))],
    [403, 'unknown-device', 'a device that nobody registered', () => post(one(fresh({device: random(20)})))],
    [403, 'unknown-device', 'a registration that there was not', () => post(one(fresh({registration: 2})))],
    [403, 'unknown-device', "somebody else's patient", () => post(one(fresh({patient: random(20)})))],
    [403, 'wrong-tag', "a tag that is not the device's", () => post(one(fresh({typeTag: random(16)})))],
    [400, 'slot-out-of-range', 'an hour before the registration', () => post(one(fresh({slot: SLOT - 101})))],
    [
      400,
      'slot-out-of-range',
      'an hour to come',
      () => post(one(fresh({slot: Math.floor(Date.now() / 3_600_000) + 2}))),
    ],
    [409, 'unknown-epoch', 'an epoch that is not there', () => post(one(fresh({epoch: 7})))],
    [409, 'unknown-epoch', 'an epoch that begins later', () => post(one(fresh({slot: SLOT - 60})))],
    [409, 'unknown-release-key', "another custodian's release key", () => post(one(fresh({releaseKeyId: random(20)})))],
    [409, 'sequence-too-far', 'a number too far ahead', () => post(one(record({sequence: 9_000n, tagSequence: 1n})))],
  ])('%i %s: %s', async (status, code, _what, send) => {
    const before = others.accepted.length;
    expect(await problemOf(await send())).toEqual([status, code]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(others.accepted).toHaveLength(before);
  });

  it('ends a body that stops half-way, and goes on', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(system.httpPort, '127.0.0.1', () =>
        socket.write(
          `POST /v1/records HTTP/1.1\r\nhost: x\r\ncontent-type: ${ONE}\r\ncontent-length: 5000\r\n\r\nhalf`,
        ),
      );
      socket
        .on('data', (chunk) => (text += chunk.toString()))
        .on('close', () => {
          resolve(text);
        })
        .on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('"code":"body-timeout"');
    const broken = connect(system.httpPort, '127.0.0.1', () => {
      broken.write(`POST /v1/records HTTP/1.1\r\nhost: x\r\ncontent-type: ${ONE}\r\ncontent-length: 5000\r\n\r\nhalf`);
      broken.destroy();
    });
    await new Promise((resolve) => broken.on('close', resolve));
    expect((await post(one(fresh()))).status).toBe(202);
  });
});
