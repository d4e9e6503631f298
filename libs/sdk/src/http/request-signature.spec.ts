import {describe, expect, it} from '@jest/globals';
import {verifySignature} from 'http-message-sig';
import {sha256Of, toHex, keyId} from '@vitalvault/contracts';
import {generateSigningKey, signingKeyOf, verifyDigest} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/envelope/testing';
import {signRequest} from './request-signature.js';

const random = seededRandom('requests');
const key = generateSigningKey(random);
const organisation = random(20);
const NOW = 1_700_000_000;

/** Verifies with a library that is not ours. */
async function verified(request: Request): Promise<Record<string, unknown>> {
  const result = await verifySignature(request, {
    policy: {
      algorithms: ['es256k'],
      requiredComponents: ['@method', '@path', '@query'],
      requiredParameters: ['created', 'expires', 'nonce', 'keyid', 'tag'],
      maxAge: 60,
      clockSkew: 5,
      now: NOW,
    },
    resolveVerifier: () => ({
      algorithm: 'es256k',
      verify: (base: Uint8Array, signature: Uint8Array) => verifyDigest(key.publicKey, sha256Of(base), signature),
    }),
  } as never);
  return result as unknown as Record<string, unknown>;
}

function signed(method: string, address: string, body?: Uint8Array): {url: URL; headers: Record<string, string>} {
  const url = new URL(address);
  return {
    url,
    headers: signRequest(
      {method, url, body},
      {privateKey: key.privateKey, organisation, nowSeconds: NOW, nonce: random(16)},
    ),
  };
}

describe('a signed request', () => {
  it.each([
    ['GET', 'http://127.0.0.1:27001/v1/patients/00/access-log?from=0&limit=10', undefined],
    ['GET', 'http://127.0.0.1:27001/v1/chain/latest', undefined],
    ['POST', 'http://127.0.0.1:27003/v1/releases', '{"txId":"00"}'],
  ])('%s %s is verified by another RFC 9421 implementation', async (method, address, text) => {
    const body = text === undefined ? undefined : new TextEncoder().encode(text);
    const {url, headers} = signed(method, address, body);
    await expect(verified(new Request(url, {method, headers, ...(body ? {body} : {})}))).resolves.toBeDefined();
    expect(headers['signature-input']).toContain(
      `keyid="${toHex(keyId(signingKeyOf(key.privateKey)))}";tag="vitalvault/v1/${toHex(organisation)}"`,
    );
    expect(headers['content-digest'] !== undefined).toBe(body !== undefined);
  });

  it.each([
    ['another method', 'DELETE', 'http://h/v1/a?x=1'],
    ['another path', 'GET', 'http://h/v1/b?x=1'],
    ['another query', 'GET', 'http://h/v1/a?x=2'],
  ])('does not stand for %s', async (_, method, address) => {
    const {headers} = signed('GET', 'http://h/v1/a?x=1');
    await expect(verified(new Request(address, {method, headers}))).rejects.toThrow();
  });
});
