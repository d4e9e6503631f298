import {verifyDigest} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';
import {isSignatureError, verifySignature} from 'http-message-sig';
import type {
  FieldOccurrence,
  SignatureError,
  SignatureParameters,
  UntrustedSignatureCandidate,
  Verifier,
} from 'http-message-sig';
import {createHash} from 'node:crypto';
import {checkContentDigest} from './content-digest.js';
import type {Caller, KeyResolver, NonceMemory} from './signature-ports.js';

/** Label and algorithm of our signatures (docs/protocol.md §8.2). */
export const SIGNATURE_LABEL = 'vv';
const ALGORITHM = 'ecdsa-secp256k1-sha256';
const SKEW_SECONDS = 60;
const LIFETIME_SECONDS = 60;
const NONCE = /^[A-Za-z0-9_-]{22}$/;
const KEY_ID = /^[0-9a-f]{40}$/;

export interface RequestToVerify {
  readonly method: string;
  /** Path and query as they came over the wire. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array | undefined;
}

export interface SignaturePolicy {
  /** Hexadecimal id of the organisation that is called: a request to one cannot be replayed at another. */
  readonly organisation: string;
  readonly keys: KeyResolver;
  readonly nonces: NonceMemory;
  /** Unix seconds. */
  readonly now: () => number;
}

/**
 * Verifies an RFC 9421 signature by a ledger key: covered components, the key's standing, the signature; only then, as
 * faults of whose key it is, freshness, digest of the body, and last that the nonce is new.
 * @throws DomainError signature-missing, signature-invalid, signature-stale, signature-replayed, digest-mismatch,
 *   unknown-key
 * @spec docs/protocol.md §8.2
 */
export async function verifyRequestSignature(request: RequestToVerify, policy: SignaturePolicy): Promise<Caller> {
  const fields = fieldsOf(request.headers);
  const has = (name: string): boolean => fields.some((field) => field.name === name);
  if (!has('signature') || !has('signature-input')) throw new DomainError('signature-missing');
  const body = request.body === undefined || request.body.length === 0 ? undefined : request.body;
  const components = ['@method', '@path', '@query', ...(body === undefined ? [] : ['content-digest'])];
  const now = policy.now();
  let caller: Caller | undefined;
  let candidate: UntrustedSignatureCandidate | undefined;
  try {
    await verifySignature(
      {kind: 'request', method: request.method, targetUri: `http://service.invalid${request.target}`, fields},
      {
        label: SIGNATURE_LABEL,
        policy: {
          algorithms: [ALGORITHM],
          requiredComponents: components,
          requiredParameters: ['created', 'expires', 'nonce', 'keyid', 'tag'],
          // Freshness is ours to judge below: it has an error of its own.
          now,
          clockSkew: Number.MAX_SAFE_INTEGER,
        },
        resolveVerifier: async (found) => {
          candidate = found;
          checkParameters(found, components, policy.organisation);
          caller = await policy.keys.resolve(String(found.parameters.keyid));
          if (caller === undefined) throw new DomainError('unknown-key');
          return verifierOf(caller);
        },
      },
    );
  } catch (error) {
    throw translate(error);
  }
  if (caller === undefined || candidate === undefined) throw new DomainError('signature-invalid');
  checkFreshness(candidate.parameters, now);
  if (body !== undefined)
    checkContentDigest(
      fields
        .filter((field) => field.name === 'content-digest')
        .map((field) => field.value)
        .join(', '),
      body,
    );
  const {nonce, expires} = candidate.parameters;
  // As long as the signature would be taken: a caller whose clock is a minute ahead makes that 180 s, more than a fixed
  // 120 s from now.
  if (!(await policy.nonces.remember(caller.keyId, String(nonce), Number(expires) + SKEW_SECONDS + 1)))
    throw new DomainError('signature-replayed');
  return caller;
}

function checkParameters(
  found: UntrustedSignatureCandidate,
  components: readonly string[],
  organisation: string,
): void {
  const fault = coverageFault(found, components) ?? parameterFault(found.parameters, organisation);
  if (fault !== undefined) throw new DomainError('signature-invalid', {detail: fault});
}

function checkFreshness({created, expires}: SignatureParameters, now: number): void {
  const [ahead, over] = [Number(created) - now, now - Number(expires)];
  // A service cannot say which of the two clocks is wrong; by how much, it can.
  if (ahead > SKEW_SECONDS)
    throw new DomainError('signature-stale', {detail: `It was made ${ahead} s ahead of the service's clock.`});
  if (over > SKEW_SECONDS)
    throw new DomainError('signature-stale', {detail: `By the service's clock it ended ${over} s ago.`});
}

function coverageFault(found: UntrustedSignatureCandidate, components: readonly string[]): string | undefined {
  const names = found.components.map((component) => component.name);
  const plain = found.components.every((component) => Object.keys(component.parameters).length === 0);
  const same = names.length === components.length && names.every((name, index) => name === components[index]);
  return plain && same ? undefined : `the covered components must be ${components.join(' ')}`;
}

function parameterFault(
  {created, expires, nonce, keyid, tag}: SignatureParameters,
  organisation: string,
): string | undefined {
  if (tag !== `vitalvault/v1/${organisation}`) return 'tag: not for this organisation';
  if (!KEY_ID.test(keyid ?? '')) return 'keyid: not a key id in hexadecimal';
  if (!NONCE.test(nonce ?? '')) return 'nonce: not 16 bytes in base64url';
  if (created === undefined || expires === undefined || expires < created || expires > created + LIFETIME_SECONDS)
    return 'expires: at most 60 seconds after created';
  return undefined;
}

// RFC 9421 signs the base itself; ES256K signs its SHA-256.
const verifierOf = (caller: Caller): Verifier => ({
  algorithm: ALGORITHM,
  verify: (data, signature) => verifyDigest(caller.publicKey, createHash('sha256').update(data).digest(), signature),
});

function translate(error: unknown): unknown {
  const cause = isSignatureError(error) ? (error as SignatureError).cause : undefined;
  if (cause instanceof DomainError) return cause;
  if (error instanceof DomainError) return error;
  // A resolver that failed for a reason of its own (database away) is not the caller's fault.
  if (isSignatureError(error) && (error as SignatureError).code === 'ResolverFailed') return cause ?? error;
  if (isSignatureError(error)) return new DomainError('signature-invalid', {cause: error});
  return error;
}

function fieldsOf(headers: RequestToVerify['headers']): FieldOccurrence[] {
  const fields: FieldOccurrence[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) {
      if (/^[\t\x20-\x7e]*$/.test(one)) fields.push({name: name.toLowerCase(), value: one});
    }
  }
  return fields;
}
