import {keyId, toHex} from '@vitalvault/contracts';
import {generateSigningKey} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';
import {randomBytes} from 'node:crypto';
import {signRequest} from './sign-request.js';
import type {RequestToSign} from './sign-request.js';
import type {Caller} from './signature-ports.js';
import {verifyRequestSignature} from './verify-request-signature.js';
import type {RequestToVerify} from './verify-request-signature.js';

const NOW = 1_800_000_000;
const organisation = 'aa'.repeat(20);
const pair = generateSigningKey((n) => randomBytes(n));
const caller: Caller = {
  keyId: toHex(keyId({alg: 1, publicKey: pair.publicKey})),
  publicKey: pair.publicKey,
  identity: 'bb'.repeat(20),
  kind: 'patient',
};
const body = Buffer.from('{"txId":"00"}');

function signed(change: Partial<RequestToSign> = {}): RequestToVerify {
  const request: RequestToSign = {
    method: 'POST',
    target: '/v1/releases?x=1',
    body,
    organisation,
    keyId: caller.keyId,
    privateKey: pair.privateKey,
    nonce: randomBytes(16).toString('base64url'),
    created: NOW,
    ...change,
  };
  return {method: request.method, target: request.target, headers: signRequest(request), body: request.body};
}

function verifier(now = NOW): (request: RequestToVerify) => Promise<string> {
  const seen = new Set<string>();
  return async (request) => {
    try {
      const {identity} = await verifyRequestSignature(request, {
        organisation,
        now: () => now,
        keys: {resolve: (id) => Promise.resolve(id === caller.keyId ? caller : undefined)},
        nonces: {remember: (key, nonce) => Promise.resolve(!seen.has(key + nonce) && seen.add(key + nonce).size > 0)},
      });
      return identity;
    } catch (error) {
      if (error instanceof DomainError) return error.code;
      throw error;
    }
  };
}
const verify = (request: RequestToVerify, now = NOW): Promise<string> => verifier(now)(request);
const edit = (request: RequestToVerify, name: string, change: (value: string) => string): RequestToVerify => ({
  ...request,
  headers: {...request.headers, [name]: change(String(request.headers[name]))},
});

describe('request signatures', () => {
  it('takes what was signed, with and without a body and a query', async () => {
    expect(await verify(signed())).toBe(caller.identity);
    expect(await verify(signed({method: 'GET', target: '/v1/alerts', body: new Uint8Array()}))).toBe(caller.identity);
  });

  it('refuses any other method, path, query or body', async () => {
    const request = signed();
    expect(await verify({...request, method: 'PUT'})).toBe('signature-invalid');
    expect(await verify({...request, target: '/v1/other?x=1'})).toBe('signature-invalid');
    expect(await verify({...request, target: '/v1/releases?x=2'})).toBe('signature-invalid');
    expect(await verify({...request, body: Buffer.from('{"txId":"01"}')})).toBe('digest-mismatch');
  });

  it('refuses a body that the signature does not cover', async () => {
    expect(await verify({...signed({body: new Uint8Array()}), body})).toBe('signature-invalid');
  });

  it('refuses a digest that was exchanged together with the body', async () => {
    const other = signed({body: Buffer.from('{"txId":"01"}')});
    expect(
      await verify({
        ...signed(),
        body: other.body,
        headers: {...signed().headers, 'content-digest': other.headers['content-digest']},
      }),
    ).toBe('signature-invalid');
  });

  it('refuses a second use of a nonce', async () => {
    const take = verifier();
    const request = signed();
    expect([await take(request), await take(request)]).toEqual([caller.identity, 'signature-replayed']);
  });

  it('remembers a nonce as long as the signature would be taken', async () => {
    let until = 0;
    await verifyRequestSignature(signed({created: NOW + 60}), {
      organisation,
      now: () => NOW,
      keys: {resolve: () => Promise.resolve(caller)},
      nonces: {remember: (_key, _nonce, seconds) => Promise.resolve((until = seconds) > 0)},
    });
    expect(await verify(signed({created: NOW + 60}), until - 1)).toBe(caller.identity);
    expect(await verify(signed({created: NOW + 60}), until)).toBe('signature-stale');
  });

  it('a forged request does not burn the nonce of the real one', async () => {
    const take = verifier();
    const request = signed();
    expect([await take({...request, method: 'PUT'}), await take(request)]).toEqual([
      'signature-invalid',
      caller.identity,
    ]);
  });

  it.each([
    [NOW + 120, caller.identity],
    [NOW + 121, 'signature-stale'],
    [NOW - 60, caller.identity],
    [NOW - 61, 'signature-stale'],
  ])('at %d: %s', async (now, answer) => {
    expect(await verify(signed(), now)).toBe(answer);
  });

  it.each([
    [NOW - 3_600, "It was made 3600 s ahead of the service's clock."],
    [NOW + 3_660, "By the service's clock it ended 3600 s ago."],
  ])('says by how much the clocks differ, and not whose is wrong: at %d', async (now, detail) => {
    await expect(
      verifyRequestSignature(signed(), {
        organisation,
        now: () => now,
        keys: {resolve: () => Promise.resolve(caller)},
        nonces: {remember: () => Promise.resolve(true)},
      }),
    ).rejects.toMatchObject({code: 'signature-stale', detail});
  });

  it('refuses a request for another organisation, an unknown key, an unsigned request', async () => {
    expect(await verify(signed({organisation: 'cc'.repeat(20)}))).toBe('signature-invalid');
    expect(await verify(signed({keyId: 'cc'.repeat(20)}))).toBe('unknown-key');
    expect(await verify({...signed(), headers: {}})).toBe('signature-missing');
  });

  it('refuses other parameters than those that were signed', async () => {
    expect(
      await verify(
        edit(signed(), 'signature-input', (value) => value.replace(/expires=\d+/, `expires=${String(NOW + 59)}`)),
      ),
    ).toBe('signature-invalid');
    expect(
      await verify(
        edit(signed(), 'signature-input', (value) => value.replace(/expires=\d+/, `expires=${String(NOW + 600)}`)),
      ),
    ).toBe('signature-invalid');
    expect(await verify(edit(signed(), 'signature-input', (value) => value.replace(' "@query"', '')))).toBe(
      'signature-invalid',
    );
    expect(await verify(edit(signed(), 'signature-input', (value) => value.replace('"@path"', '"@path";req')))).toBe(
      'signature-invalid',
    );
    expect(await verify(edit(signed({nonce: 'short'}), 'signature', (value) => value))).toBe('signature-invalid');
  });

  it('refuses garbage in the headers without a failure of ours', async () => {
    for (const garbage of ['', 'vv', 'vv=()', 'vv=:AA==:', 'vv=:AA==:, vv=:AA==:', '\u00e4']) {
      expect(['signature-invalid', 'signature-missing']).toContain(
        await verify(edit(signed(), 'signature', () => garbage)),
      );
      expect(['signature-invalid', 'signature-missing']).toContain(
        await verify(edit(signed(), 'signature-input', () => garbage)),
      );
    }
  });

  it('a failing key resolver is not the fault of the caller', async () => {
    const broken = verifyRequestSignature(signed(), {
      organisation,
      now: () => NOW,
      nonces: {remember: () => Promise.resolve(true)},
      keys: {resolve: () => Promise.reject(new DomainError('database-unavailable'))},
    });
    await expect(broken).rejects.toMatchObject({code: 'database-unavailable'});
  });
});
