import {encodeCanonical, sha256Of} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {DetailsContextSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {hpkeOpen, hpkeSealFrom} from './hpke.js';
import type {RandomBytes} from './signing.js';

/** Who the words go to and who they are from. */
export type DetailsContext = FieldsOf<typeof DetailsContextSchema>;

/**
 * Seals a reader's words about a request to the patient. The blob travels off the chain and is deletable; the request
 * commits to `hash` (SHA-256 of the blob).
 * @param details UTF-8 text
 */
export async function sealDetails(
  context: DetailsContext,
  patientPublicKey: Uint8Array,
  details: Uint8Array,
  random: RandomBytes,
): Promise<{blob: Uint8Array; hash: Uint8Array}> {
  const blob = await hpkeSealFrom({
    use: 'details',
    publicKey: patientPublicKey,
    context: encodeCanonical(DetailsContextSchema, context),
    plaintext: details,
    ephemeral: random(32),
  });
  return {blob, hash: sha256Of(blob)};
}

/** @throws EnvelopeError `hpke-open` */
export async function openDetails(
  context: DetailsContext,
  patientPrivateKey: Uint8Array,
  blob: Uint8Array,
): Promise<Uint8Array> {
  return hpkeOpen('details', patientPrivateKey, encodeCanonical(DetailsContextSchema, context), blob);
}
