import {InMemorySpanExporter} from '@opentelemetry/sdk-trace';
import {SpanStatusCode, trace} from '@opentelemetry/api';
import type {Span} from '@opentelemetry/api';
import {DomainError} from '@vitalvault/errors';
import {randomBytes} from 'node:crypto';
import {inspect} from 'node:util';
import {inProduction} from '../../testing/in-production.js';
import {startTelemetry} from '../telemetry/start-telemetry.js';
import {startSpan} from '../telemetry/with-span.js';
import {describeError} from './describe-error.js';
import {nameHere} from './name-here.js';
import {withoutIds} from './without-ids.js';

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';

describe('withoutIds', () => {
  it.each<[string, (id: Buffer) => string]>([
    ['hexadecimal', (id) => id.toString('hex')],
    ['hexadecimal in capitals', (id) => id.toString('hex').toUpperCase()],
    ['base64url', (id) => id.toString('base64url')],
  ])('takes out ids of 16, 20 and 32 bytes in %s', (_form, write) => {
    for (const length of [16, 20, 32])
      for (let round = 0; round < 50; round++) {
        const id = write(randomBytes(length));
        // One in so many of base64url lacks a kind of character.
        if (!/[0-9]/.test(id) || (!/^[0-9a-f]+$/i.test(id) && !(/[a-z]/.test(id) && /[A-Z]/.test(id)))) continue;
        expect(withoutIds(`Key (patient)=(${id}), "${id}" /v1/${id}?x`)).not.toContain(id);
      }
  });

  it.each<[string, (id: Buffer) => string]>([
    ['bytea of PostgreSQL', (id) => `\\x${id.toString('hex')}`],
    ['0x', (id) => `0x${id.toString('hex')}`],
    ['behind a word', (id) => `patient${id.toString('hex')}`],
    ['before a letter', (id) => `${id.toString('hex')}s`],
    ['between underscores', (id) => `_${id.toString('hex')}_`],
    ['a Buffer', (id) => inspect(id)],
    ['a Buffer that is cut', (id) => inspect(Buffer.concat([id, id, id])).slice(0, 60)],
    ['an array of bytes', (id) => inspect(new Uint8Array(id))],
    ['its text', (id) => String(new Uint8Array(id))],
    ['JSON of a Buffer', (id) => JSON.stringify(id)],
    ['JSON of an array of bytes', (id) => JSON.stringify(new Uint8Array(id))],
    ['colons', (id) => id.toString('hex').replace(/..(?=.)/g, '$&:')],
    ['escapes', (id) => id.toString('hex').replace(/../g, '\\x$&')],
    ['percent signs', (id) => id.toString('hex').replace(/../g, '%$&')],
  ])('takes out ids of 12, 20 and 32 bytes as %s', (_form, write) => {
    for (const length of [12, 20, 32]) {
      const id = randomBytes(length);
      const left = withoutIds(`invalid: ${write(id)}`);
      // Not two bytes of it are left beside each other.
      for (let at = 0; at + 2 <= length; at++) {
        expect(left).not.toContain(id.subarray(at, at + 2).toString('hex'));
        expect(left).not.toMatch(new RegExp(`\\b${String(id[at])},\\s*${String(id[at + 1])}\\b`));
      }
      expect(left).toContain('invalid: ');
      expect(left.length).toBeLessThan(60);
    }
  });

  it('takes out CIDs', () => {
    expect(withoutIds(`/ipfs/${CID}?format=raw and QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG`)).toBe(
      '/ipfs/…?format=raw and …',
    );
  });

  it.each([
    'connect ECONNREFUSED 127.0.0.1:5432',
    'no pg_hba.conf entry for host "::1", user "vv_storage", database "vv_storage", SSL off',
    'ERR_TLS_CERT_ALTNAME_INVALID: http://validator-0.consortium.example.org:26657/status',
    '/var/lib/vitalvault/ledger/snapshot-00000000000000012345.tmp',
    'vv.records.accepted.v1/11/18446744073709551615',
    'vitalvault_storage_anchor_waiting_seconds is 7',
    'no broker of 10.0.0.1:9092, 10.0.0.2:9092, 10.0.0.3:9092, 10.0.0.4:9092 since 2026-11-28T13:04:05.678Z',
    'heights 7, 8, 9, 10 of 2026-11-28 13:04:05 and aa:bb:cc:dd:ee:ff',
    'getaddrinfo ENOTFOUND vitalvault-policy-headless.hospital-north.svc.cluster.local',
  ])('leaves the words of "%s"', (text) => {
    expect(withoutIds(text)).toBe(text);
  });
});

describe('nameHere', () => {
  it('is short, the same for the same and another for another, and says nothing of it', () => {
    expect(nameHere(CID)).toMatch(/^[0-9a-f]{8}$/);
    expect(nameHere(CID)).toBe(nameHere(CID));
    expect(nameHere(CID)).not.toBe(nameHere('ab'.repeat(32)));
  });
});

describe('describeError', () => {
  const id = 'ab'.repeat(20);
  it.each<[string, unknown]>([
    ['detail and meta of ours', new DomainError('tx-timeout', {detail: `of ${id}`, meta: {txId: id, code: 7}})],
    ['words of a driver', Object.assign(new Error(`Key (patient)=(${id}) already exists`), {code: '23505'})],
    ['a cause', new Error('x', {cause: new Error(`no route /ipfs/${id}`)})],
    ['what is no error', `thrown ${id}`],
  ])('has no id of %s', (_what, error) => {
    expect(JSON.stringify(describeError(error))).not.toContain(id);
  });

  it('says nothing of what a call to the database was given, nor of a row', () => {
    const called = Object.assign(
      new Error('\nInvalid `create()`:\n  data: {url: "https://phone.example.org"}\n\nArgument `x` is missing.'),
      {name: 'PrismaClientValidationError'},
    );
    expect(describeError(called)).toMatchObject({message: 'Argument `x` is missing.'});
    const row = Object.assign(
      new Error('Raw query failed. Code: `23505`. Message: `Key (url)=(https://phone.example.org) already exists.`'),
      {name: 'PrismaClientKnownRequestError', code: 'P2010'},
    );
    expect(describeError(row)).toMatchObject({
      code: 'P2010',
      message: 'Raw query failed. Code: `23505`. Message: `Key (url)=(…) already exists.`',
    });
  });
});

describe('what spans tell', () => {
  const exporter = new InMemorySpanExporter();
  const telemetry = startTelemetry({service: 'spec', otlpUrl: 'http://127.0.0.1:1', exporter});
  afterAll(() => telemetry.shutdown());
  const id = 'ab'.repeat(32);
  const told = async (): Promise<string> => {
    await telemetry.flush();
    const spans = exporter.getFinishedSpans();
    exporter.reset();
    return JSON.stringify(
      spans.map(({name, attributes, events, links, status}) => ({name, attributes, events, links, status})),
    );
  };

  it('is what is listed: in production the rest is left out', async () => {
    inProduction(() => {
      const span = startSpan(`GET /v1/records/${id}`, {attributes: {'vitalvault.outcome': id, 'vitalvault.height': 7}});
      span
        .setAttribute('vitalvault.cid', 'somebody')
        .setAttribute('vitalvault.peer', ['ipfs-0', id])
        .setStatus({code: SpanStatusCode.ERROR, message: `no ${id}`})
        .addEvent(id)
        .addLink({
          context: {traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1},
          attributes: {'vitalvault.cid': 'somebody'},
        });
      span.end();
    });
    const text = await told();
    expect(text).toContain('"vitalvault.height":7');
    expect(text).toContain('b7ad6b7169203331');
    expect(text).toContain('ipfs-0');
    for (const secret of [id, 'somebody', 'vitalvault.cid']) expect(text).not.toContain(secret);
  });

  it.each<[string, () => Span]>([
    ['an attribute', () => trace.getTracer('x').startSpan('x', {attributes: {'vitalvault.cid': 'x'}})],
    ['an id', () => startSpan('x', {attributes: {'vitalvault.outcome': id}})],
    ['an id in a list', () => startSpan('x', {attributes: {'vitalvault.outcome': ['fine', id]}})],
    ['an id as status', () => startSpan('x', {}).setStatus({code: SpanStatusCode.ERROR, message: id})],
    ['an id as name', () => startSpan(id, {})],
  ])('fails in a spec: %s', (_what, begun) => {
    const span = begun();
    expect(() => {
      span.end();
    }).toThrow(/may not be told/);
  });
});
