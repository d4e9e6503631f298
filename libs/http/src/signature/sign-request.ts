import {signDigest} from '@vitalvault/envelope';
import {createSignatureSync} from 'http-message-sig';
import {createHash} from 'node:crypto';
import {contentDigest} from './content-digest.js';
import {SIGNATURE_LABEL} from './verify-request-signature.js';

export interface RequestToSign {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly body?: Uint8Array;
  /** Hexadecimal. */
  readonly organisation: string;
  readonly keyId: string;
  readonly privateKey: Uint8Array;
  /** 22 characters: 16 bytes in base64url. */
  readonly nonce: string;
  /** Unix seconds. */
  readonly created: number;
}

/** Headers of a signed request. For services and tests; devices and people sign with libs/sdk. */
export function signRequest(request: RequestToSign): Record<string, string> {
  const digest =
    request.body === undefined || request.body.length === 0 ? {} : {'content-digest': contentDigest(request.body)};
  const {signature, signatureInput} = createSignatureSync(
    {
      kind: 'request',
      method: request.method,
      targetUri: `http://service.invalid${request.target}`,
      fields: Object.entries(digest).map(([name, value]) => ({name, value})),
    },
    {
      label: SIGNATURE_LABEL,
      components: ['@method', '@path', '@query', ...Object.keys(digest)],
      parameters: {
        created: request.created,
        expires: request.created + 60,
        nonce: request.nonce,
        keyid: request.keyId,
        tag: `vitalvault/v1/${request.organisation}`,
      },
      signer: {
        algorithm: 'ecdsa-secp256k1-sha256',
        sign: (data) => signDigest(request.privateKey, createHash('sha256').update(data).digest()),
      },
    },
  );
  return {...digest, signature, 'signature-input': signatureInput};
}
