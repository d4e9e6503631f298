import {Conformance} from '../openapi/conformance.js';

const conformance = new Conformance();
const problem = (more: object = {}) => ({
  type: 'https://vitalvault.dev/errors/tx-not-found',
  title: 'No.',
  status: 404,
  code: 'tx-not-found',
  remedy: 'Wait.',
  ...more,
});
const fault = (
  target: string,
  status: number,
  body: unknown,
  {
    method = 'GET',
    contentType = 'application/json',
    json,
  }: {method?: string; contentType?: string; json?: unknown} = {},
) =>
  conformance.faultOf(
    {method, url: new URL(target, 'http://127.0.0.1'), json},
    {status, contentType, json: () => Promise.resolve(body)},
  );
const TX = `/v1/transactions/${'ab'.repeat(32)}`;

describe('holding answers against the OpenAPI documents', () => {
  it('passes what is described', async () => {
    expect(await fault('/v1/time', 200, {unixMs: '1', slot: 2})).toBeUndefined();
    expect(await fault(TX, 404, problem(), {contentType: 'application/problem+json; charset=utf-8'})).toBeUndefined();
    expect(await fault('/v1/rules', 200, {rules: []}, {method: 'PUT', json: {rules: []}})).toBeUndefined();
    expect(await fault('/ipfs/anything', 299, 'of somebody else')).toBeUndefined();
  });

  it.each<[string, string, ReturnType<typeof fault>]>([
    ['a field that is missing', 'required', fault('/v1/time', 200, {unixMs: '1'})],
    [
      'a field that nobody described',
      'additional properties',
      fault('/v1/time', 200, {unixMs: '1', slot: 2, zone: 'UTC'}),
    ],
    ['a number where text is described', 'must be string', fault('/v1/time', 200, {unixMs: 1, slot: 2})],
    ['a status that is not described', 'status 418', fault('/v1/time', 418, {})],
    ['another type of body', 'text/html', fault('/v1/time', 200, {}, {contentType: 'text/html'})],
    [
      'an error code of another route',
      'equal to one of',
      fault(TX, 404, problem({code: 'receipt-not-found'}), {contentType: 'application/problem+json'}),
    ],
    [
      'a problem with another status than it came with',
      'equal to constant',
      fault(TX, 404, problem({status: 409}), {contentType: 'application/problem+json'}),
    ],
    [
      'a request that should have been refused',
      'was taken',
      fault('/v1/rules', 200, {rules: []}, {method: 'PUT', json: {rules: [], all: true}}),
    ],
  ])('tells %s', async (_what, says, found) => {
    expect(await found).toContain(says);
  });
});
