import {jest} from '@jest/globals';
import type {ExecutionContext} from '@nestjs/common';
import {generateSigningKey} from '@vitalvault/envelope';
import {randomBytes} from 'node:crypto';
import {Strangers} from '../service/strangers.js';
import {RequestSignatureGuard} from './request-signature.guard.js';
import {signRequest} from './sign-request.js';

const organisation = '11'.repeat(20);
const KNOWN = 'ab'.repeat(20);
const {publicKey, privateKey} = generateSigningKey((n) => Uint8Array.from(randomBytes(n)));

const another = generateSigningKey((n) => Uint8Array.from(randomBytes(n)));

/** The guard over a ledger that has one key, and counts its questions. */
function world() {
  const asked: string[] = [];
  const keys = {
    resolve: (keyId: string) => {
      asked.push(keyId);
      const caller = {keyId, publicKey, identity: keyId, kind: 'patient'} as const;
      return Promise.resolve(keyId === KNOWN ? caller : undefined);
    },
  };
  const nonces = {remember: () => Promise.resolve(true)};
  const guard = new RequestSignatureGuard(keys, nonces, organisation, new Strangers());
  const signed = new Map<string, Record<string, string>>();
  /** Code of the refusal of a request that this key signed. */
  const ask = async (keyId: string, ip: string, by = privateKey): Promise<string> => {
    const nonce = 'n'.repeat(22);
    const created = Math.floor(Date.now() / 1_000);
    const made = {method: 'GET', target: '/v1/x', organisation, keyId, privateKey: by, nonce, created};
    const name = `${keyId} ${by === privateKey ? 'own' : 'forged'}`;
    const headers = signed.get(name) ?? signRequest(made);
    signed.set(name, headers);
    const request = {method: 'GET', raw: {url: '/v1/x'}, headers, ip};
    const context = {switchToHttp: () => ({getRequest: () => request})} as unknown as ExecutionContext;
    return guard.canActivate(context).then(
      () => 'let in',
      (error: unknown) => (error as {code: string}).code,
    );
  };
  return {ask, asked};
}

describe('RequestSignatureGuard', () => {
  let clock: jest.SpiedFunction<typeof Date.now>;
  beforeAll(() => {
    clock = jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000);
  });
  afterAll(() => {
    clock.mockRestore();
  });

  it('asks for keys that nobody has a bounded number of times for an address, before any wait; others are let in', async () => {
    const {ask, asked} = world();
    expect(await ask(KNOWN, '192.0.2.1')).toBe('let in');
    const codes = [];
    for (let n = 0; n < 300; n++) codes.push(await ask(randomBytes(20).toString('hex'), '192.0.2.1'));
    expect(codes.at(0)).toBe('unknown-key');
    expect(codes.at(-1)).toBe('quota-exceeded');
    expect(asked).toHaveLength(257);
    expect(await ask(KNOWN, '192.0.2.1')).toBe('let in');
    expect(await ask(KNOWN, '192.0.2.2')).toBe('let in');
    expect(await ask('cd'.repeat(20), '192.0.2.2')).toBe('unknown-key');
  });

  it('verifies a bounded number of wrong signatures for an address; another key there, and the key elsewhere, are let in', async () => {
    const {ask} = world();
    const codes = [];
    for (let n = 0; n < 70; n++) codes.push(await ask(KNOWN, '192.0.2.1', another.privateKey));
    expect(codes.filter((code) => code === 'signature-invalid')).toHaveLength(64);
    expect(codes.at(-1)).toBe('quota-exceeded');
    expect(await ask(KNOWN, '192.0.2.1')).toBe('quota-exceeded');
    expect(await ask(KNOWN, '192.0.2.2')).toBe('let in');
    expect(await ask('cd'.repeat(20), '192.0.2.1')).toBe('unknown-key');
  });

  it('limits what one key may sign', async () => {
    const {ask} = world();
    const codes = new Map<string, number>();
    for (let n = 0; n < 1_010; n++) {
      const code = await ask(KNOWN, '192.0.2.1');
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    expect([...codes]).toEqual([
      ['let in', 1_000],
      ['quota-exceeded', 10],
    ]);
  });
});
