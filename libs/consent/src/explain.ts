import type {AccessDecision, RefusingRule} from './decide-access.js';

const REASONS: Readonly<Record<RefusingRule, string>> = {
  1: 'The reader is not a member of an organisation in good standing.',
  2: 'You gave no grant with this id.',
  3: 'The grant is for somebody else.',
  4: 'You had revoked the grant.',
  5: 'The request came outside the time in which the grant may be used.',
  6: 'The grant does not cover this type of data.',
  7: 'The grant does not cover all of these hours.',
  8: 'The grant does not cover this purpose.',
  9: 'The reads of the grant were used up.',
  10: 'The grant does not allow this action.',
};

/** A decision in words. */
export interface Explanation {
  readonly permit: boolean;
  /** 0 in a permit, else the rule of docs/protocol.md §6 that refused. */
  readonly rule: number;
  readonly reason: string;
}

/**
 * Tells the patient, and nobody else, why an access was permitted or refused. The chain holds one bit: the reason tells
 * about grants of hers that the reader may not know of.
 */
export function explain(decision: AccessDecision): Explanation {
  if (decision.permit)
    return {
      permit: true,
      rule: 0,
      reason: decision.byGrant ? 'The grant covers the request.' : 'You read your own data.',
    };
  return {permit: false, rule: decision.rule, reason: REASONS[decision.rule]};
}
