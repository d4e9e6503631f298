import {keyId, toHex} from '@vitalvault/contracts';
import {generateSigningKey} from '@vitalvault/envelope';
import {randomBytes} from 'node:crypto';
import type {Route} from '../src/route/route.js';
import type {Caller} from '../src/signature/signature-ports.js';
import {signRequest} from '../src/signature/sign-request.js';
import type {ControllersAlone} from './controllers-alone.js';

const pair = generateSigningKey((n) => randomBytes(n));
const keyOf = (publicKey: Uint8Array): string => toHex(keyId({alg: 1, publicKey}));

/** The only key that the guard finds, and whom it calls. */
export const ledger = {
  organisation: 'aa'.repeat(20),
  caller: {keyId: keyOf(pair.publicKey), publicKey: pair.publicKey, identity: 'bb'.repeat(20), kind: 'patient'},
} as const satisfies {organisation: string; caller: Caller};

/** Ways to call a route that no service may let through, and one that is right. */
export type Signed = 'not at all' | 'for another path' | 'by a key that is not on the ledger' | 'well';

/** Some path of its shape. */
export const somePathOf = ({path}: Route): string => path.replace(/\{\w+\}/g, 'x');

/**
 * Calls a route with some path of its shape and some body of its type.
 * @returns status, and the error's code or the answer
 */
export async function call({app}: ControllersAlone, route: Route, signed: Signed): Promise<[number, unknown]> {
  const method = route.method.toUpperCase() as Uppercase<Route['method']>;
  const url = somePathOf(route);
  const type = route.body?.json === undefined ? route.body?.bytes?.[0] : 'application/json';
  const body = type === undefined ? undefined : Buffer.from('{}');
  const {statusCode, payload} = await app.inject({
    method,
    url,
    headers: {...(type === undefined ? {} : {'content-type': type}), ...signatureOf({method, url, body}, signed)},
    ...(body === undefined ? {} : {payload: body}),
  });
  return [statusCode, statusCode < 400 ? payload : (JSON.parse(payload) as {code: unknown}).code];
}

function signatureOf(
  {method, url, body}: {method: string; url: string; body: Buffer | undefined},
  signed: Signed,
): Record<string, string> {
  if (signed === 'not at all') return {};
  const {publicKey, privateKey} =
    signed === 'by a key that is not on the ledger' ? generateSigningKey((n) => randomBytes(n)) : pair;
  return signRequest({
    method,
    target: signed === 'for another path' ? `${url}/more` : url,
    ...(body === undefined ? {} : {body}),
    organisation: ledger.organisation,
    keyId: keyOf(publicKey),
    privateKey,
    nonce: randomBytes(16).toString('base64url'),
    created: Math.floor(Date.now() / 1_000),
  });
}
