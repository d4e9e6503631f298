import {randomBytes} from 'node:crypto';
import {collectorConfig} from './collector-config.ts';

const {processors} = JSON.parse(collectorConfig()) as {
  processors: {redaction: {blocked_values: string[]; redact_all_types: boolean; allow_all_keys: boolean}};
};
const {blocked_values: blocked, ...redaction} = processors.redaction;
const masked = (text: string): string => blocked.reduce((left, id) => left.replace(new RegExp(id, 'g'), '****'), text);

it('looks at every kind of value, and at no name that is not listed', () => {
  expect(redaction).toMatchObject({redact_all_types: true, allow_all_keys: false});
});

it.each<[string, (id: Buffer) => string]>([
  ['hexadecimal', (id) => id.toString('hex')],
  ['base64url', (id) => id.toString('base64url')],
  ['a CID', () => 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'],
  ['an older CID', () => 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWKPbdG'],
])('masks 32 bytes in %s, alone and within words and lists', (_form, write) => {
  const id = write(randomBytes(32));
  for (const value of [id, `GET /v1/records/${id}?x`, JSON.stringify(['fine', id])])
    expect(masked(value)).not.toContain(id);
});

it.each([
  '/v1/patients/:patient/epoch-statements',
  'vv.records.accepted.v1',
  'kafka-0.kafka.vitalvault.svc',
  'follower-stopped',
])('leaves %s', (text) => {
  expect(masked(text)).toBe(text);
});
