import {decodeCanonical, equalBytes, NotCanonicalError, taggedHashBy} from '@vitalvault/contracts';
import type {Patient} from '@vitalvault/contracts/gen/ledger/v1/state';
import {KeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {KeySuccession, SignedKeySuccession, SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import type {TxContext} from './message-rules.js';
import type {Overlay} from './overlay.js';

/** Of each patient so many have room from her enrolment on, whatever there is of others; the next ones ask for it. */
const PROMISED = 4;
/** What one adds: the owner of the new key, and the succession. The first one adds its bucket as well. */
const KEYS_OF_ONE = 2;

/** Keeps room for a patient's first successions. @spec docs/protocol.md §4.3 */
export function promiseSuccessions(state: Overlay): void {
  state.promise(1 + PROMISED * KEYS_OF_ONE);
}

/** Gives back what was kept for a patient's next succession. @param successions of hers so far */
export function keepPromise(state: Overlay, successions: number): void {
  if (isPromised(successions)) state.promise(-KEYS_OF_ONE - (successions === 0 ? 1 : 0));
}

/** Whether the next succession of a patient has room. @param successions of hers so far */
export const isPromised = (successions: number): boolean => successions < PROMISED;

/** What a succession has to say to be this patient's next one. */
export interface NextKey {
  readonly identity: Uint8Array;
  /** As she is before the change. */
  readonly patient: Patient;
  readonly newKey: SigningKey;
}

/**
 * Whether her recovery key says that this patient's next signing key is `newKey`.
 * @spec docs/protocol.md §2.4
 */
export function isNextSuccession(
  {chainId, ports}: TxContext,
  {succession: bytes, signature}: SignedKeySuccession,
  {identity, patient, newKey}: NextKey,
): boolean {
  const {recoveryKey} = patient;
  const succession = decode(bytes);
  return (
    succession?.newKey !== undefined &&
    succession.chainId === chainId &&
    equalBytes(succession.identity, identity) &&
    succession.n === patient.successions + 1 &&
    isSameKey(succession.newKey, newKey) &&
    signature !== undefined &&
    recoveryKey !== undefined &&
    isSameKey(signature, recoveryKey) &&
    ports.verify(recoveryKey.publicKey, taggedHashBy(ports.sha256, 'key-succession', bytes), signature.signature)
  );
}

type KeyFields = Pick<SigningKey, 'alg' | 'publicKey'>;
const isSameKey = (a: KeyFields, b: KeyFields): boolean => a.alg === b.alg && equalBytes(a.publicKey, b.publicKey);

function decode(bytes: Uint8Array): KeySuccession | undefined {
  try {
    return decodeCanonical(KeySuccessionSchema, bytes);
  } catch (error) {
    if (error instanceof NotCanonicalError) return undefined;
    throw error;
  }
}
