import type {ErrorCode} from '@vitalvault/errors';

/** What asking a validator can end with. */
export const LEDGER_AWAY = [
  'ledger-unavailable',
  'not-verified',
  'behind',
  'shutting-down',
] as const satisfies readonly ErrorCode[];

/** What a patient's read of her own in the projection can end with. */
export const OWN = ['not-yours', 'behind'] as const satisfies readonly ErrorCode[];
