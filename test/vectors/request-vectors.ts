import {toHex} from '@vitalvault/contracts';
import {signRequest} from '@vitalvault/sdk';
import {idOf, keys, random} from './vector-keys.ts';

/** Signed HTTP requests. */
export function requests() {
  const at = (method: string, url: string, body?: Uint8Array) => {
    const nonce = random(16);
    const headers = signRequest(
      {method, url: new URL(url), body},
      {privateKey: keys.member.privateKey, organisation: idOf('organisation'), nowSeconds: 1_459_497_300, nonce},
    );
    return {
      method,
      url,
      body: body ? toHex(body) : null,
      signer: 'member',
      organisation: toHex(idOf('organisation')),
      created: 1_459_497_300,
      nonce: toHex(nonce),
      headers,
    };
  };
  return [
    at('GET', 'http://127.0.0.1:27001/v1/patients/00/access-log?from=0&limit=10'),
    at('POST', 'http://127.0.0.1:27003/v1/releases', new TextEncoder().encode('{"txId":"00"}')),
  ];
}
