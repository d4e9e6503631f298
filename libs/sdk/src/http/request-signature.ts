import {base64Encode} from '@bufbuild/protobuf/wire';
import {sha256Of, toHex, keyId} from '@vitalvault/contracts';
import {signDigest, signingKeyOf} from '@vitalvault/envelope';

const SIGNATURE_SECONDS = 60;

export interface RequestToSign {
  method: string;
  url: URL;
  body?: Uint8Array | undefined;
}

export interface RequestSigner {
  privateKey: Uint8Array;
  /** Organisation whose service is called, 20 bytes: a signature for one is none for another. */
  organisation: Uint8Array;
  /** Unix seconds. */
  nowSeconds: number;
  /** 16 fresh random bytes. */
  nonce: Uint8Array;
}

/**
 * Headers that sign a request by RFC 9421 with a ledger key.
 * @spec docs/protocol.md §8.2
 */
export function signRequest({method, url, body}: RequestToSign, signer: RequestSigner): Record<string, string> {
  const digest = body === undefined ? undefined : contentDigest(body);
  const components: [string, string][] = [
    ['@method', method],
    ['@path', url.pathname],
    ['@query', url.search === '' ? '?' : url.search],
    ...(digest === undefined ? [] : [['content-digest', digest] satisfies [string, string]]),
  ];
  const parameters = signatureParameters(
    components.map(([name]) => name),
    signer,
  );
  const base = [...components.map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${parameters}`].join(
    '\n',
  );
  const signature = signDigest(signer.privateKey, sha256Of(new TextEncoder().encode(base)));
  return {
    ...(digest === undefined ? {} : {'content-digest': digest}),
    'signature-input': `vv=${parameters}`,
    signature: `vv=:${base64Encode(signature)}:`,
  };
}

/** RFC 9530 Content-Digest of a body. */
export function contentDigest(body: Uint8Array): string {
  return `sha-256=:${base64Encode(sha256Of(body))}:`;
}

function signatureParameters(names: string[], {privateKey, organisation, nowSeconds, nonce}: RequestSigner): string {
  const keyid = toHex(keyId(signingKeyOf(privateKey)));
  return (
    `(${names.map((name) => `"${name}"`).join(' ')});created=${nowSeconds};expires=${nowSeconds + SIGNATURE_SECONDS}` +
    `;nonce="${base64Encode(nonce, 'url')}";keyid="${keyid}";tag="vitalvault/v1/${toHex(organisation)}"`
  );
}
