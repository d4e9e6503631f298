import {equalBytes} from '@vitalvault/contracts';
import type {AccessFacts, AccessRequest, GrantTerms, Reader} from './access-question.js';

/** The rule that refused: the numbers of docs/protocol.md §6. */
export type RefusingRule = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

export type AccessDecision =
  /** `byGrant` is false for the patient herself: nothing is used up. */
  {readonly permit: true; readonly byGrant: boolean} | {readonly permit: false; readonly rule: RefusingRule};

/**
 * Decides whether `facts.reader` may do what `request` asks. The first rule that fails refuses:
 * 0 the reader is the patient: permit, logged · 1 the reader is a member in good standing · 2 a grant stands under
 * (patient, grant id) · 3 it names the reader or her organisation · 4 it is not revoked · 5 the slot of the block lies
 * in the access period · 6 the tag is granted, or every type is · 7 the slots lie in the data period · 8 the purpose is
 * granted ·
 * 9 reads are left · 10 the action is granted.
 * Does NOT check the reader's signature, the quota, nor whether the patient exists (see `applyTx`).
 *
 * @returns a verdict; does not throw on refusal.
 * @paper ME protocol 3 (PolicyCheck), repaired as docs/protocol.md §6 says.
 */
export function decideAccess(request: AccessRequest, facts: AccessFacts): AccessDecision {
  // [ME P3:0]
  if (equalBytes(facts.reader.id, request.patient)) return {permit: true, byGrant: false};
  // [ME P3:1]
  if (facts.reader.member === undefined || facts.reader.member.suspended) return {permit: false, rule: 1};
  // [ME P3:2]
  if (facts.grant === undefined) return {permit: false, rule: 2};
  const rule = refusalByGrant(request, facts, facts.grant);
  return rule === undefined ? {permit: true, byGrant: true} : {permit: false, rule};
}

function refusalByGrant(request: AccessRequest, facts: AccessFacts, grant: GrantTerms): RefusingRule | undefined {
  // [ME P3:3]
  if (!names(grant, facts.reader)) return 3;
  // [ME P3:4]
  if (grant.revoked) return 4;
  // [ME P3:5]
  if (facts.blockSlot < grant.accessFromSlot || facts.blockSlot > grant.accessToSlot) return 5;
  // [ME P3:6]
  if (!coversTag(grant.typeTags, request.typeTag)) return 6;
  // [ME P3:7]
  if (request.slotFrom < grant.dataFromSlot || request.slotTo > grant.dataToSlot) return 7;
  // [ME P3:8]
  if (!grant.purposes.includes(request.purpose)) return 8;
  // [ME P3:9]
  if (grant.maxReads !== 0 && facts.readsUsed >= BigInt(grant.maxReads)) return 9;
  // [ME P3:10]
  if (!grant.actions.includes(request.action)) return 10;
  return undefined;
}

function names(grant: GrantTerms, reader: Reader): boolean {
  return (
    equalBytes(grant.grantee, reader.id) ||
    (reader.member !== undefined && equalBytes(grant.grantee, reader.member.organisation))
  );
}

/**
 * Whether a tag is among those of a grant. The single zero tag grants every type; asked for, it is "a type I cannot
 * name" and granted by that alone.
 */
export function coversTag(granted: readonly Uint8Array[], tag: Uint8Array): boolean {
  return coversEveryTag(granted) || granted.some((one) => equalBytes(one, tag));
}

export function coversEveryTag(granted: readonly Uint8Array[]): boolean {
  return granted.length === 1 && granted[0]?.every((byte) => byte === 0) === true;
}
