import type {MessageInitShape} from '@bufbuild/protobuf';
import {encodeCanonical, STATE_KIND} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {TxContext} from './message-rules.js';

type AccessLeafInit = Extract<MessageInitShape<typeof AccessLeafSchema>, {event?: unknown}>;

/** Appends an event to the patient's access log. @returns the index of its leaf. @paper DP "two logs" */
export function logAccess(
  context: TxContext,
  patient: Uint8Array,
  event: NonNullable<AccessLeafInit['event']>,
): bigint {
  const {state, block, txId} = context;
  const index = state.logSize(STATE_KIND.accessLog, patient);
  const leaf = encodeCanonical(AccessLeafSchema, {index, height: block.height, blockTime: block.time, txId, event});
  state.append(STATE_KIND.accessLog, patient, leaf);
  return index;
}
