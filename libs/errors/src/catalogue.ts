/**
 * What a caller may do about an error; one row of the HTTP and gRPC tables each (house rule: nobody else names a
 * status).
 */
export type Category =
  | 'invalid'
  | 'too-large'
  | 'unsupported-type'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'not-allowed'
  | 'conflict'
  | 'gone'
  | 'limit'
  | 'timeout'
  | 'unavailable'
  | 'internal';

export const STATUS: Readonly<Record<Category, {http: number; grpc: number; retryable: boolean}>> = {
  invalid: {http: 400, grpc: 3, retryable: false},
  'too-large': {http: 413, grpc: 3, retryable: false},
  'unsupported-type': {http: 415, grpc: 3, retryable: false},
  unauthenticated: {http: 401, grpc: 16, retryable: false},
  forbidden: {http: 403, grpc: 7, retryable: false},
  'not-found': {http: 404, grpc: 5, retryable: false},
  'not-allowed': {http: 405, grpc: 12, retryable: false},
  conflict: {http: 409, grpc: 6, retryable: false},
  gone: {http: 410, grpc: 5, retryable: false},
  limit: {http: 429, grpc: 8, retryable: true},
  timeout: {http: 408, grpc: 4, retryable: true},
  unavailable: {http: 503, grpc: 14, retryable: true},
  internal: {http: 500, grpc: 13, retryable: false},
};

export type Entry = EntryText &
  (
    | {readonly category: Exclude<Category, 'unavailable'>}
    /** When to come again, unless whoever says so knows it better; whole seconds. */
    | {readonly category: 'unavailable'; readonly retryAfterSeconds: number}
  );

interface EntryText {
  /** One sentence, the same for every occurrence. */
  readonly title: string;
  /** What the caller can do. */
  readonly remedy: string;
}

/**
 * Every error that leaves a process of ours. Codes are stable: `https://vitalvault.dev/errors/<code>` is the problem
 * type.
 */
export const CATALOGUE = {
  // requests
  malformed: {
    category: 'invalid',
    title: 'The request cannot be read.',
    remedy: 'Send what docs/protocol.md describes; the detail says which part is wrong.',
  },
  'invalid-field': {
    category: 'invalid',
    title: 'A field has a value that is not allowed.',
    remedy: 'Correct the field that the detail names.',
  },
  'unknown-field': {
    category: 'invalid',
    title: 'The message has a field that this version does not know.',
    remedy: 'Send canonical messages of this version only.',
  },
  'wrong-version': {category: 'invalid', title: 'The message is of another version.', remedy: 'Use version 1.'},
  'wrong-chain': {
    category: 'invalid',
    title: 'The message belongs to another ledger.',
    remedy: 'Use the chain id of this system; a test device may still hold the configuration of another one.',
  },
  'body-too-large': {
    category: 'too-large',
    title: 'The body is too large.',
    remedy: 'Send at most 64 KiB of ciphertext a record and 1 MiB a request.',
  },
  'unsupported-content-type': {
    category: 'unsupported-type',
    title: 'The content type is not accepted here.',
    remedy: 'Use the content type that docs/protocol.md §8 names for this endpoint.',
  },
  'body-timeout': {
    category: 'timeout',
    title: 'The body did not arrive in time.',
    remedy: 'Send the whole body within the time limit, or fewer records.',
  },
  'route-not-found': {
    category: 'not-found',
    title: 'There is nothing at this address.',
    remedy: 'See docs/protocol.md §8 for the endpoints.',
  },
  'method-not-allowed': {
    category: 'not-allowed',
    title: 'The method is not allowed here.',
    remedy: 'Use one of the methods that the Allow header names; docs/protocol.md §8 has the endpoints.',
  },
  // signatures of requests
  'signature-missing': {
    category: 'unauthenticated',
    title: 'The request is not signed.',
    remedy: 'Sign it as docs/protocol.md §8.2 says (RFC 9421).',
  },
  'signature-invalid': {
    category: 'unauthenticated',
    title: 'The signature does not fit the request.',
    remedy: 'Sign the exact bytes with the key named by keyid; low-S, 64 bytes.',
  },
  'signature-stale': {
    category: 'unauthenticated',
    title: "The signature's time does not fit the clock of the service.",
    remedy: 'Sign again. If that is refused too, one of the two clocks is wrong: compare both, and correct that one.',
  },
  'signature-replayed': {
    category: 'unauthenticated',
    title: 'This signed request was seen before.',
    remedy: 'Use a fresh nonce for every request.',
  },
  'digest-mismatch': {
    category: 'invalid',
    title: 'The body does not match its Content-Digest.',
    remedy: 'Send the body that was signed; a proxy may have changed it.',
  },
  'unknown-key': {
    category: 'unauthenticated',
    title: 'The key is not the current key of anybody whom this service serves.',
    remedy:
      'Enrol or register first, or wait until that transaction is committed; who replaced her key signs with the new one. Members who are suspended and devices that were removed are let in nowhere; notify serves patients alone.',
  },
  'not-yours': {
    category: 'forbidden',
    title: 'Only the owner may see or do this.',
    remedy: 'Sign with the key of the patient concerned.',
  },
  // records
  'record-signature': {
    category: 'invalid',
    title: 'The record is not signed by its device.',
    remedy: 'Sign the record id with the registered device key; low-S, 64 bytes.',
  },
  'unknown-device': {
    category: 'forbidden',
    title: 'The device is not registered to this patient.',
    remedy: 'Register the device with both signatures first.',
  },
  'device-removed': {
    category: 'forbidden',
    title: 'The device was removed by its owner.',
    remedy: 'Register it again; its records need the new registration number.',
  },
  'wrong-tag': {
    category: 'forbidden',
    title: 'The device may not send this type.',
    remedy: 'Register the device with that type tag.',
  },
  'unknown-epoch': {
    category: 'conflict',
    title: 'The epoch is not the one that covers this slot.',
    remedy: 'Fetch the epoch statements and seal the readings again.',
  },
  'unknown-release-key': {
    category: 'conflict',
    title: 'The release key is not a current one of this custodian.',
    remedy: 'Fetch a fresh device configuration from the owner and seal the readings again.',
  },
  'slot-out-of-range': {
    category: 'invalid',
    title: 'The slot is before the registration or in the future.',
    remedy: 'Correct the clock of the device (GET /v1/time).',
  },
  'sequence-conflict': {
    category: 'conflict',
    title: 'Another record has this sequence number already.',
    remedy: 'Never reuse a number: restore the counter of the device, and seal the readings under new numbers.',
  },
  'sequence-too-far': {
    category: 'conflict',
    title: 'The sequence number is too far ahead of what is anchored.',
    remedy: 'Keep the record; send the number that lowestOpen names, or skip it; send again when it is anchored.',
  },
  'quota-exceeded': {
    category: 'limit',
    title: 'The quota is used up.',
    remedy: 'Wait for the seconds that Retry-After names, then send again.',
  },
  'too-many-records': {
    category: 'too-large',
    title: 'The body has more records of one device, or of one owner, than may ever be sent at once.',
    remedy: 'Send fewer in one body: meta says how many of a device and of an owner.',
  },
  'receipt-not-found': {
    category: 'not-found',
    title: 'No record has this number.',
    remedy:
      'Post the record again if it was one: the same bytes get the same receipt. A number that was given up is known once the skip is in a block: ask again then.',
  },
  // transactions and reads
  'tx-refused': {
    category: 'conflict',
    title: 'The ledger refuses the transaction.',
    remedy: 'The detail names the code; docs/protocol.md §4.4 says what it means.',
  },
  'tx-not-found': {
    category: 'not-found',
    title: 'No such transaction is in the projection.',
    remedy: 'Wait for the block, or ask with the consistency token of the write.',
  },
  'tx-timeout': {
    category: 'unavailable',
    retryAfterSeconds: 1,
    title: 'The transaction was sent but is in no block yet: its outcome is unknown.',
    remedy: 'Ask for its id; send the same bytes again at any time.',
  },
  'not-found': {
    category: 'not-found',
    title: 'There is nothing with this id.',
    remedy: 'Check the id; a new one needs its block first.',
  },
  'access-refused': {
    category: 'forbidden',
    title: 'The ledger refused this access.',
    remedy: 'Ask the patient for a grant that covers it. The refusal is in her access log.',
  },
  'permit-ended': {
    category: 'forbidden',
    title: 'The permit does not stand any more.',
    remedy: 'Request access again.',
  },
  'release-limit': {
    category: 'limit',
    title: 'This permit was answered as often as it may be.',
    remedy: 'Request access again.',
  },
  'release-mismatch': {
    category: 'conflict',
    title: 'What was to be released does not match the ledger.',
    remedy: 'Report it: the storage or the projection of this custodian is wrong.',
  },
  'record-lost': {
    category: 'gone',
    title: 'No intact copy of a record could be found.',
    remedy: 'Her device may still hold it. The patient is alerted of a damaged copy, not yet of one that is missing.',
  },
  'not-verified': {
    category: 'unavailable',
    retryAfterSeconds: 2,
    title: "The ledger's answer could not be verified.",
    remedy: 'Try again; if it stays, a validator lies or lags behind.',
  },
  behind: {
    category: 'unavailable',
    retryAfterSeconds: 1,
    title: 'This service has not caught up with the block that was asked for.',
    remedy: 'Try again in a second.',
  },
  'wrap-invalid': {
    category: 'invalid',
    title: 'The bundle of wrapped keys is not acceptable.',
    remedy: "Sign the bundle with the patient's key, for an existing grant, with a rising version.",
  },
  // what we need and is not there
  'ledger-unavailable': {
    category: 'unavailable',
    retryAfterSeconds: 2,
    title: 'The ledger cannot be reached or makes no blocks.',
    remedy: "Try again after the seconds that Retry-After names; operators: see the validators' health.",
  },
  'bus-unavailable': {
    category: 'unavailable',
    retryAfterSeconds: 2,
    title: 'Kafka cannot be reached.',
    remedy:
      'Send the same again after the seconds that Retry-After names: nothing was acknowledged, and what was on its way counts once.',
  },
  'policy-unavailable': {
    category: 'unavailable',
    retryAfterSeconds: 2,
    title: 'The policy service cannot be reached.',
    remedy: 'Try again after the seconds that Retry-After names: nothing was released or accepted.',
  },
  'storage-unavailable': {
    category: 'unavailable',
    retryAfterSeconds: 2,
    title: 'The storage service cannot be reached.',
    remedy: 'Try again after the seconds that Retry-After names.',
  },
  'notify-unavailable': {
    category: 'unavailable',
    retryAfterSeconds: 2,
    title: 'The alert cannot be queued, so nothing is released.',
    remedy: 'Try again after the seconds that Retry-After names.',
  },
  'ipfs-unavailable': {
    category: 'unavailable',
    retryAfterSeconds: 2,
    title: 'IPFS cannot be reached or has no copy in time.',
    remedy: 'Try again after the seconds that Retry-After names.',
  },
  'database-unavailable': {
    category: 'unavailable',
    retryAfterSeconds: 2,
    title: 'The database cannot be reached.',
    remedy: 'Try again after the seconds that Retry-After names.',
  },
  'storage-behind': {
    category: 'unavailable',
    retryAfterSeconds: 30,
    title: 'Storage is too far behind to take more.',
    remedy: 'Send again after the seconds that Retry-After names: nothing was accepted.',
  },
  'follower-stopped': {
    category: 'unavailable',
    retryAfterSeconds: 30,
    title: 'This service stopped at a block or message that it cannot take, and this answer needs what comes after it.',
    remedy:
      'Nothing is lost or skipped; try again once its operator has put in a version that knows it. Operators: /readyz and the log name part, place and reason; see docs/operations/troubleshooting.md.',
  },
  busy: {
    category: 'unavailable',
    retryAfterSeconds: 2,
    title: 'More waits here than may wait.',
    remedy: 'Send the same again after the seconds that Retry-After names: nothing of it was taken.',
  },
  'shutting-down': {
    category: 'unavailable',
    retryAfterSeconds: 1,
    title: 'This process is stopping.',
    remedy: 'Send again: another process answers.',
  },
  internal: {category: 'internal', title: 'Something went wrong here.', remedy: 'Report the instance id.'},
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof CATALOGUE;

export const PROBLEM_BASE = 'https://vitalvault.dev/errors/';
