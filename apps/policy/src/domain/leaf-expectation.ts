import {keyId} from '@vitalvault/contracts';
import type {Body} from '@vitalvault/contracts/gen/ledger/v1/tx';

/** Whose access log an executed transaction writes to. */
export interface LeafExpectation {
  /** Identity, 20 bytes. */
  readonly patient: Uint8Array;
  /** False: only if that identity is a patient (members publish keys too). */
  readonly certain: boolean;
}

/** Which access log gets a leaf when the ledger executes this body (code 0). @spec docs/protocol.md §4.3 */
export function expectLeaf(body: Body): LeafExpectation | undefined {
  const {message} = body;
  switch (message.case) {
    case 'enrolPatient':
      return message.value.signingKey === undefined
        ? undefined
        : {patient: keyId(message.value.signingKey), certain: true};
    case 'publishKeys':
      return {patient: message.value.identity, certain: false};
    case 'registerDevice':
    case 'removeDevice':
      return {patient: message.value.owner, certain: true};
    case 'putGrant':
    case 'requestAccess':
      return {patient: message.value.patient, certain: true};
    case 'registerMember':
    case 'suspendMember':
    case 'anchorRecords':
    case undefined:
      return undefined;
  }
}
