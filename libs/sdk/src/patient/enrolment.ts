import {base64Encode} from '@bufbuild/protobuf/wire';
import {equals} from '@bufbuild/protobuf';
import {build, decodeCanonical, encodeCanonical, fromBase64Url, fromHex} from '@vitalvault/contracts';
import {EnrolPatientSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {EnrolPatient} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {publicHalf} from '../keys/stored-key.js';
import {bodyOfPart, decodePart, signPart, txOfPart} from '../ledger/part.js';
import {submit} from '../ledger/transactions.js';
import type {TxResult} from '../ledger/transactions.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import {SdkError} from '../sdk-error.js';
import type {PatientKeys} from './patient-keys.js';

const PREFIX = 'vvenrol1.';

function messageOf(keys: PatientKeys): EnrolPatient {
  return build(EnrolPatientSchema, {
    signingKey: publicHalf(keys.signing),
    encryptionKey: fromHex(keys.encryption.publicKey),
    recoveryKey: publicHalf(keys.recovery),
  });
}

/** Her public keys as one line, for the organisation that sponsors her. */
export function enrolmentRequest(keys: PatientKeys): string {
  return PREFIX + base64Encode(encodeCanonical(EnrolPatientSchema, messageOf(keys)), 'url');
}

/** @throws SdkError `part-refused` */
export function decodeEnrolmentRequest(text: string): EnrolPatient {
  if (!text.startsWith(PREFIX))
    throw new SdkError('part-refused', {detail: `a request to be enrolled begins with "${PREFIX}"`});
  try {
    return decodeCanonical(EnrolPatientSchema, fromBase64Url(text.slice(PREFIX.length)));
  } catch (cause) {
    throw new SdkError('part-refused', {detail: 'the request is damaged', cause});
  }
}

/**
 * Signs the sponsor's transaction with her signing and her recovery key, after checking that it enrols exactly these
 * keys, and sends it.
 * @param partText what the organisation gave back
 * @throws SdkError `part-refused`, `tx-refused`
 */
export async function enrol(keys: PatientKeys, ledger: VerifiedLedger, partText: string): Promise<TxResult> {
  const part = decodePart(partText);
  const {chainId, message} = bodyOfPart(part);
  if (chainId !== ledger.chainId) throw new SdkError('part-refused', {detail: `it is for the ledger ${chainId}`});
  if (message.case !== 'enrolPatient' || !equals(EnrolPatientSchema, message.value, messageOf(keys))) {
    throw new SdkError('part-refused', {detail: 'it does not enrol these keys'});
  }
  return submit(ledger, txOfPart(signPart(signPart(part, keys.signing), keys.recovery)));
}
