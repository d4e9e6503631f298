/** Why an operation of the envelope failed. Stable words; what they say is for people too. */
export type EnvelopeErrorCode =
  | 'bad-key'
  | 'bad-signature'
  | 'not-canonical'
  | 'wrong-context'
  | 'hpke-open'
  | 'inner-key-hash'
  | 'ciphertext-hash'
  | 'aead-open'
  | 'size-class'
  | 'too-large'
  | 'padding'
  | 'inflate'
  | 'count'
  | 'epoch-key';

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
