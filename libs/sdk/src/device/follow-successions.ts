import {ALG_ES256K, equalBytes, keyId, toHex} from '@vitalvault/contracts';
import type {SignedKeySuccession} from '@vitalvault/contracts/gen/record/v1/record';
import {openKeySuccession} from '@vitalvault/envelope';
import type {PublicSigningKey} from '@vitalvault/envelope';
import {SdkError} from '../sdk-error.js';

/** Whose successions they must be. */
export interface SuccessionTrust {
  readonly chainId: string;
  /** Patient, 20 bytes. */
  readonly patient: Uint8Array;
  readonly recoveryKey: PublicSigningKey;
}

/**
 * The keys (public, hexadecimal) that took the place of an owner's first signing key, in order: the n-th is that of
 * succession n. What is known stays as it is; only the next one after the last may follow.
 * @param known keys of the successions 1 to n that the device believes already
 * @param successions ascending by n; those that are known are compared
 * @throws SdkError `config-refused` for a gap, another key under a known n, another chain or patient; EnvelopeError
 * when   the recovery key did not sign one
 * @spec docs/protocol.md §2.4
 */
export function followSuccessions(
  known: readonly string[],
  successions: readonly SignedKeySuccession[],
  {chainId, patient, recoveryKey}: SuccessionTrust,
): string[] {
  const keys = [...known];
  for (const signed of successions) {
    const {n, newKey, ...said} = openKeySuccession(signed, recoveryKey);
    const fits = said.chainId === chainId && equalBytes(said.identity, patient);
    if (!fits || newKey?.alg !== ALG_ES256K || newKey.publicKey.length !== 33)
      throw refused('a succession is of another ledger or patient');
    const key = toHex(newKey.publicKey);
    if (n === keys.length + 1) keys.push(key);
    else if (n === 0 || keys[n - 1] !== key) throw refused(`succession ${n} does not follow what the device knows`);
  }
  return keys;
}

/** Place of a key among the keys of an owner: 0 is her first, n that of succession n; undefined: none of hers. */
export function placeOfKey(
  {alg, publicKey}: PublicSigningKey,
  patient: Uint8Array,
  keys: readonly string[],
): number | undefined {
  if (alg !== ALG_ES256K) return undefined;
  if (equalBytes(keyId({alg, publicKey}), patient)) return 0;
  const place = keys.indexOf(toHex(publicKey));
  return place === -1 ? undefined : place + 1;
}

function refused(detail: string): SdkError {
  return new SdkError('config-refused', {detail});
}
