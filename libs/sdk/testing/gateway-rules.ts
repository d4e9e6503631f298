import {LIMITS, STATE_KIND, decodeCanonical, equalBytes} from '@vitalvault/contracts';
import {RegistrationSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {EpochStatementSchema, SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import {numberPart} from '@vitalvault/proofs';
import type {SignedChain} from './signed-chain.js';

/** What ingest has against a record by the facts of the ledger; undefined: nothing. In the order of its own rules. */
export function gatewayRefusal(chain: SignedChain, header: RecordHeader): DomainError | undefined {
  const {state} = chain.ledger;
  const value = state.get(STATE_KIND.registration, [header.device, numberPart(header.registration)]);
  if (value === undefined) return new DomainError('unknown-device');
  const {owner, typeTags, fromSlot, distrustFromSlot} = decodeCanonical(RegistrationSchema, value);
  if (!equalBytes(owner, header.patient)) return new DomainError('unknown-device');
  if (distrustFromSlot !== 0 && header.slot >= distrustFromSlot) return new DomainError('device-removed');
  if (!typeTags.some((tag) => equalBytes(tag, header.typeTag))) return new DomainError('wrong-tag');
  const newest = Math.floor(chain.timeMs / 1_000 / LIMITS.slotSeconds) + 1;
  if (header.slot < fromSlot || header.slot > newest) return new DomainError('slot-out-of-range');
  return coversSlot(chain, header) ? undefined : new DomainError('unknown-epoch');
}

function coversSlot(chain: SignedChain, {patient, typeTag, epoch, slot}: RecordHeader): boolean {
  const fromSlotOf = (number: number): number | undefined => {
    const value = chain.ledger.state.get(STATE_KIND.epochStatement, [patient, typeTag, numberPart(number)]);
    if (value === undefined) return undefined;
    const {statement} = decodeCanonical(SignedEpochStatementSchema, value);
    return decodeCanonical(EpochStatementSchema, statement).fromSlot;
  };
  const [from, next] = [fromSlotOf(epoch), fromSlotOf(epoch + 1)];
  return from !== undefined && slot >= from && (next === undefined || slot <= next);
}
