import {keyId, toHex} from '@vitalvault/contracts';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import {verifyRequestSignature} from '@vitalvault/http';
import type {NonceMemory, RequestToVerify} from '@vitalvault/http';
import type {Clock, Id, ReleaseRequests} from '../../application/ports.js';

const END_OF_HEAD = '\r\n\r\n';

/** A reader's HTTP requests to storage, as storage received them and handed them on. */
export class SignedReleaseRequests implements ReleaseRequests {
  constructor(
    private readonly options: {organisation: Id; now: Clock},
    private readonly nonces: NonceMemory,
  ) {}

  async check(signedRequest: Uint8Array, txId: Id, reader: SigningKey): Promise<void> {
    const request = parse(signedRequest);
    const id = toHex(keyId(reader));
    const isForIt = request.method === 'POST' && request.target === '/v1/releases' && txIdOf(request.body) === txId;
    await verifyRequestSignature(request, {
      organisation: this.options.organisation,
      keys: {
        resolve: (asked) =>
          Promise.resolve(
            asked === id ? {keyId: id, publicKey: reader.publicKey, identity: id, kind: 'member' as const} : undefined,
          ),
      },
      // One request is one answer. A request for another permit stays good for that one. A nonce that she spent at
      // policy's own HTTP is not spent at storage: each remembers by itself.
      nonces: {remember: async (keyId, ...nonce) => !isForIt || this.nonces.remember(`${keyId}@storage`, ...nonce)},
      now: () => Math.floor(this.options.now() / 1_000),
    });
    if (!isForIt) throw new DomainError('release-mismatch', {detail: 'the signed request is for something else'});
  }
}

function parse(bytes: Uint8Array): RequestToVerify {
  const text = Buffer.from(bytes).toString('latin1');
  const end = text.indexOf(END_OF_HEAD);
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\r\n');
  const [method = '', target = ''] = first.split(' ');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return {method, target, headers, body: bytes.subarray(end === -1 ? bytes.length : end + END_OF_HEAD.length)};
}

function txIdOf(body: Uint8Array | undefined): unknown {
  try {
    return (JSON.parse(Buffer.from(body ?? []).toString('utf8')) as {txId?: unknown}).txId;
  } catch {
    return undefined;
  }
}
