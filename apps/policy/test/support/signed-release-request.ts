import {keyId, toHex} from '@vitalvault/contracts';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {signRequest} from '@vitalvault/http';
import {randomBytes} from 'node:crypto';

export interface RequestSigner {
  readonly key: Pick<SigningKey, 'alg' | 'publicKey'>;
  readonly privateKey: Uint8Array;
}

/** A reader's request to storage for a permit, as storage hands it on. @param organisation hexadecimal */
export function signedReleaseRequest(
  txId: string,
  {key, privateKey}: RequestSigner,
  organisation: string,
  target = '/v1/releases',
): Uint8Array {
  const body = Buffer.from(JSON.stringify({txId}));
  const headers = signRequest({
    method: 'POST',
    target,
    body,
    organisation,
    keyId: toHex(keyId(key)),
    privateKey,
    nonce: randomBytes(16).toString('base64url'),
    created: Math.floor(Date.now() / 1_000),
  });
  const fields = Object.entries({'content-type': 'application/json', ...headers}).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return Buffer.concat([Buffer.from([`POST ${target} HTTP/1.1`, ...fields, '', ''].join('\r\n'), 'latin1'), body]);
}
