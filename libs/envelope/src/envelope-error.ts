/** Why an operation of the envelope failed. Stable words; what they say is for people too. */
export const ENVELOPE_ERRORS = {
  'bad-key': 'A key is none of its curve, or a weak one.',
  'bad-signature': 'The signature is not by the key that must have signed.',
  'not-canonical': 'The bytes are not the canonical encoding.',
  'wrong-context': 'It was made for another ledger, patient, device or grant.',
  'hpke-open': 'A sealed key does not open with this private key, or was sealed for something else.',
  'inner-key-hash': 'The inner key is not the one that the record commits to.',
  'ciphertext-hash': 'The ciphertext is not the one that the record commits to.',
  'aead-open': 'The ciphertext does not open: another key, or changed.',
  'size-class': 'The ciphertext has a size that no record has.',
  'too-large': 'The plaintext is larger than a record may be.',
  padding: 'The padding is wrong.',
  inflate: 'The compressed payload cannot be read.',
  count: 'The record holds another number of readings than it says.',
  'epoch-key': 'The key is not the private key of that epoch.',
} as const;
export type EnvelopeErrorCode = keyof typeof ENVELOPE_ERRORS;

/** An envelope that does not fit: forged, damaged, or meant for somebody else. Never carries keys or plaintext. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
  constructor(
    readonly code: EnvelopeErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
