import {decodeCanonical, fromHex, slotOf} from '@vitalvault/contracts';
import {GrantSchema, MemberSchema, ReadsUsedSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {decideAccess} from '@vitalvault/consent';
import type {AccessTicket, VerifiedLedger} from '@vitalvault/sdk';
import type {MemberSecrets} from './member-home.js';

/** In the reader's words; she is told nothing of grants that are not hers. */
const REASONS: Readonly<Record<number, string>> = {
  0: 'your grant covers it now: ask again',
  1: 'you are not a member in good standing',
  2: 'you have no grant of this patient under that id',
  3: 'the grant is not yours',
  4: 'your grant was revoked',
  5: 'your grant may not be used at this time',
  6: 'your grant does not cover that type',
  7: 'your grant does not cover all of these hours',
  8: 'your grant does not cover that purpose',
  9: 'the reads of your grant are used up',
  10: 'your grant does not allow that action',
};

/**
 * Why a request was refused, as far as the reader may know it: the decision worked out again from her own entry and her
 * own grant, both proven. Without a grant she learns no more than that.
 */
export async function ownReason(
  ledger: VerifiedLedger,
  {keys}: MemberSecrets,
  ticket: AccessTicket,
): Promise<{rule: number; reason: string}> {
  const [patient, reader] = [fromHex(ticket.patient), fromHex(keys.member)];
  const grantParts = [patient, fromHex(ticket.grantId ?? '00'.repeat(16))];
  const [member, grant, reads] = await ledger.state(keys.signing, [
    {kind: 'member', parts: [reader]},
    {kind: 'grant', parts: grantParts},
    {kind: 'readsUsed', parts: grantParts},
  ]);
  const decision = decideAccess(
    {...ticket, patient, typeTag: fromHex(ticket.typeTag)},
    {
      reader: {id: reader, ...(member === undefined ? {} : {member: decodeCanonical(MemberSchema, member)})},
      grant: grant === undefined ? undefined : decodeCanonical(GrantSchema, grant),
      readsUsed: reads === undefined ? 0n : decodeCanonical(ReadsUsedSchema, reads).reads,
      blockSlot: slotOf((await ledger.head()).timeSeconds),
    },
  );
  const rule = decision.permit ? 0 : decision.rule;
  return {rule, reason: REASONS[rule] ?? ''};
}
