/**
 * What a foreign error says about reaching a dependency, by its codes alone: its words may carry values. Undefined:
 * nothing that is known.
 */
export function accessReason(error: unknown, depth = 0): string | undefined {
  if (depth > MAX_DEPTH || typeof error !== 'object' || error === null) return undefined;
  const {name, code, type, cause, meta, errors, originalCode, kind} = error as Record<string, unknown>;
  const inner = [
    cause,
    (meta as Record<string, unknown> | undefined)?.['driverAdapterError'],
    ...(Array.isArray(errors) ? (errors as unknown[]) : []),
  ];
  const found = inner.map((one) => accessReason(one, depth + 1)).find((reason) => reason !== undefined);
  return found ?? [originalCode, code, type, kind, name].map(reasonOfWord).find((reason) => reason !== undefined);
}

function reasonOfWord(word: unknown): string | undefined {
  if (typeof word !== 'string') return undefined;
  return CERTIFICATE.has(word) ? `its certificate is not trusted (${word})` : REASONS[word];
}

const MAX_DEPTH = 6;

/** Codes of Node's TLS. */
const CERTIFICATE = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const REFUSED = 'the user name or password was refused';
/** Prisma does not tell these two apart. */
const NOT_REACHED = 'nobody listens there, or its name is not known';
/** Codes of Node's sockets, PostgreSQL (SQLSTATE), Prisma and Kafka. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'there is no way to it',
  ETIMEDOUT: 'it does not answer',
  '28P01': REFUSED,
  P1000: REFUSED,
  P1001: NOT_REACHED,
  DatabaseNotReachable: NOT_REACHED,
  AuthenticationFailed: REFUSED,
  '28000': 'it does not let this user in from here, or not without TLS',
  TlsConnectionError: 'no TLS with it: its certificate is not trusted for that host name, or it offers none',
  KafkaJSSASLAuthenticationError: REFUSED,
  SASL_AUTHENTICATION_FAILED: REFUSED,
  '3D000': 'that database does not exist',
  P1003: 'that database does not exist',
  '42P01': 'a table is missing: the migrations did not run',
  P2021: 'a table is missing: the migrations did not run',
  TOPIC_AUTHORIZATION_FAILED: 'this user has no right to the topic',
  GROUP_AUTHORIZATION_FAILED: 'this user has no right to the consumer group',
  CLUSTER_AUTHORIZATION_FAILED: 'this user has no right to the cluster',
};
